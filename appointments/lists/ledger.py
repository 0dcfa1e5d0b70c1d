"""The fee ledger: each transaction that cost or will cost, with what was estimated and what was charged."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet

from appointments import access
from appointments.filters.transactions import LedgerFilter
from appointments.lists.transactions import company_name, status_badge
from appointments.models import Transaction, dollars
from appointments.selectors import ledger
from appointments.selectors.transactions import HEAVY, search_transactions
from core.accounts.models import User
from core.lists.cells import Link
from core.lists.definition import Column, EmptyState, ListDefinition
from producers.cells import page_url
from producers.selectors import without_personal


def ledger_list(user: User | None = None) -> QuerySet[Transaction]:
    """What left for NIPR, as the ledger reads it."""
    rows = ledger.spending().select_related("producer", "company")
    return rows.defer(*HEAVY, *without_personal("producer__"))


def state_fee(row: Transaction) -> Decimal | str:
    return "billed by the state" if row.state_fee_cents is None else dollars(row.state_fee_cents)


def charged(cents: int | None, row: Transaction) -> Decimal | None:
    """Nothing before it was charged; nought when it was charged without this part."""
    return None if row.charged_on is None else dollars(cents or 0)


def difference(row: Transaction) -> Decimal | None:
    """Charged less estimated, where both are known."""
    if row.charged_on is None or row.state_fee_cents is None:
        return None
    paid = (row.charged_state_fee_cents or 0) + (row.charged_nipr_fee_cents or 0)
    return dollars(paid - row.cost_cents)


LEDGER: ListDefinition[Transaction] = ListDefinition(
    key="transactions.ledger",
    title="Fee ledger",
    selector=ledger_list,
    right=access.VIEW_TRANSACTIONS,
    filterset_class=LedgerFilter,
    search=search_transactions,
    search_hint="Number, NPN, name or external id",
    columns=(
        Column("number", "Number", lambda row: row.number, sort="pk"),
        Column("kind", "Kind", lambda row: row.get_kind_display()),
        Column("producer", "Producer", lambda row: Link(row.producer.display_name, page_url(row.producer))),
        Column("company", "Company", company_name),
        Column("cocode", "CoCode", lambda row: row.cocode, default=False),
        Column("state", "State", lambda row: row.state),
        Column("status", "Status", status_badge, default=False),
        Column("estimated_state", "State fee, estimated", state_fee),
        Column("estimated_nipr", "NIPR fee, estimated", lambda row: dollars(row.nipr_fee_cents or 0)),
        Column("charged_state", "State fee, charged", lambda row: charged(row.charged_state_fee_cents, row)),
        Column("charged_nipr", "NIPR fee, charged", lambda row: charged(row.charged_nipr_fee_cents, row)),
        Column("difference", "Difference", difference, help="Charged less estimated"),
        Column("charged_on", "Charged on", lambda row: row.charged_on, sort="charged_on"),
        Column("nipr_trans", "NIPR number", lambda row: row.nipr_trans, default=False),
    ),
    default_sort="-number",
    row_url=Transaction.get_absolute_url,
    nouns=("transaction", "transactions"),
    empty=EmptyState(
        "No fee yet.",
        "What is submitted appears here with its estimate, and with its charge once NIPR took it.",
    ),
)
