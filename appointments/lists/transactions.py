"""Transactions, what waits among them, and the request sets they came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse

from appointments import access
from appointments.enums import BulkStatus, TransactionKind, TransactionStatus
from appointments.filters.transactions import RequestSetFilter, TransactionScreenFilter
from appointments.models import BulkRequest, Transaction, batch_number
from appointments.selectors import transactions as selectors
from core.actor import Actor
from core.lists.cells import Badge, Link, Tone
from core.lists.definition import BulkAction, Column, EmptyState, ListDefinition, PageButton
from producers.cells import page_url

S = TransactionStatus

TONES: dict[str, Tone] = {
    S.NOT_ELIGIBLE: "neutral",
    S.READY_TO_SUBMIT: "info",
    S.HELD: "info",
    S.AWAITING_APPROVAL: "warning",
    S.RECORDED: "success",
    S.QUEUED: "info",
    S.SUBMITTING: "info",
    S.UNKNOWN: "danger",
    S.SUBMITTED: "info",
    S.AWAITING_VALIDATION: "warning",
    S.APPROVED: "success",
    S.DECLINED: "danger",
    S.FAILED: "danger",
    S.CLOSED: "neutral",
}

SET_TONES: dict[str, Tone] = {
    BulkStatus.QUEUED: "neutral",
    BulkStatus.RUNNING: "info",
    BulkStatus.PLANNED: "warning",
    BulkStatus.DONE: "success",
    BulkStatus.CHANGED: "danger",
    BulkStatus.FAILED: "danger",
}


class ChosenRows(HttpResponse):
    """What somebody wants to do with which rows, on the way to the page that says what that means."""

    def __init__(self, step: str, ids: list[int]) -> None:
        super().__init__()
        self.step = step
        self.ids = ids


def _choose(step: str) -> Callable[[QuerySet[Transaction], Actor], HttpResponse]:
    def run(rows: QuerySet[Transaction], actor: Actor) -> HttpResponse:
        return ChosenRows(step, list(rows.order_by("pk").values_list("pk", flat=True)))

    return run


def money(cents: int | None) -> str:
    """“$1,204.50”; what is not known is billed by the state."""
    return "billed by the state" if cents is None else f"${cents / 100:,.2f}"


def status_badge(row: Transaction) -> Badge:
    return Badge(row.get_status_display(), TONES[row.status])


def batch_link(row: Transaction) -> Link:
    return Link(batch_number(row.batch_id), reverse("appointments:batch", args=[row.batch_id]))


def company_name(row: Transaction) -> str:
    return row.company.name if row.company else row.cocode


def line(row: Transaction) -> str:
    """The line asked for; a license transaction may ask for several, or for none."""
    return row.loa or row.loa_code


def cost(row: Transaction) -> str:
    """The estimate, with a word where the state bills by itself. What costs nothing says nothing."""
    if row.nipr_fee_cents is None and row.state_fee_cents is None:
        return ""
    known = money(row.cost_cents)
    return f"{known} + state" if row.billed_by_state else known


def charged(row: Transaction) -> str:
    if row.charged_on is None:
        return ""
    return money((row.charged_state_fee_cents or 0) + (row.charged_nipr_fee_cents or 0))


ACTIONS = (
    BulkAction("submit", "Submit…", _choose("submit"), right=access.SUBMIT),
    BulkAction("release", "Release…", _choose("release"), right=access.SUBMIT),
    BulkAction("approve", "Approve…", _choose("approve"), right=access.APPROVE),
    BulkAction("take_back", "Take back…", _choose("take_back"), right=access.SUBMIT),
    BulkAction("mend", "Make ready again…", _choose("mend"), right=access.PREPARE),
    BulkAction("close", "Close…", _choose("close"), right=access.PREPARE),
)
SETS = PageButton(
    "Request sets", lambda: reverse("appointments:plans"), access.VIEW_TRANSACTIONS, "playlist_add_check"
)

TRANSACTIONS: ListDefinition[Transaction] = ListDefinition(
    key="transactions",
    title="Transactions",
    selector=selectors.transaction_list,
    right=access.VIEW_TRANSACTIONS,
    filterset_class=TransactionScreenFilter,
    search=selectors.search_transactions,
    search_hint="Number, NPN, name or external id",
    columns=(
        Column("number", "Number", lambda row: row.number, sort="pk"),
        Column("kind", "Kind", lambda row: row.get_kind_display()),
        Column("producer", "Producer", lambda row: Link(row.producer.display_name, page_url(row.producer))),
        Column("npn", "NPN", lambda row: row.npn, default=False),
        Column("state", "State", lambda row: row.state),
        Column("status", "Status", status_badge),
        Column("detail", "Status detail", lambda row: row.detail_text),
        Column("company", "Company", company_name),
        Column("cocode", "CoCode", lambda row: row.cocode, default=False),
        Column("line", "Line", line),
        Column("reason", "Eligibility", lambda row: row.eligibility_text),
        Column("cost", "Cost", cost, help="State fee and NIPR fee as estimated"),
        Column("state_fee", "State fee", lambda row: money(row.state_fee_cents), default=False),
        Column("nipr_fee", "NIPR fee", lambda row: money(row.nipr_fee_cents or 0), default=False),
        Column("charged", "Charged", charged, default=False),
        Column("batch", "Batch", batch_link, default=False),
        Column("external_id", "External id", lambda row: row.external_id, default=False),
        Column("nipr_trans", "NIPR number", lambda row: row.nipr_trans, default=False),
        Column("nipr_message", "NIPR message", lambda row: row.nipr_message, default=False),
        Column("rejection", "Rejection response", lambda row: row.rejection_response, default=False),
        Column("asked_by", "Asked by", lambda row: row.prepared_by_label),
        Column("created_at", "Asked for", lambda row: row.created_at),
        Column("status_at", "Since", lambda row: row.status_at),
        Column("submitted_by", "Submitted by", lambda row: row.submitted_by_label, default=False),
        Column("approved_by", "Approved by", lambda row: row.approved_by_label, default=False),
        Column("effective_date", "Effective", lambda row: row.effective_date, default=False),
        Column("appoint_by", "Appoint by", lambda row: row.appoint_by, default=False),
    ),
    default_sort="-number",
    row_url=Transaction.get_absolute_url,
    actions=ACTIONS,
    buttons=(SETS,),
    nouns=("transaction", "transactions"),
    empty=EmptyState(
        "No transaction yet.",
        "Appointments, terminations, license applications and renewals that are asked for appear here, each with "
        "its way to the state and back.",
    ),
)

ACTIONABLE: ListDefinition[Transaction] = replace(
    TRANSACTIONS,
    key="transactions.actionable",
    title="Actionable Transactions",
    selector=selectors.actionable_list,
    intro="Ready to submit, held, awaiting approval, failed and unknown: what waits for a person.",
    empty=EmptyState(
        "Nothing waits for you.",
        "Whatever has to be submitted, released, approved or put right appears here.",
    ),
)


def set_name(bulk: BulkRequest) -> str:
    """Its own name where it has one, and what it asks for: ``Request: appointments``."""
    kind = TransactionKind(bulk.kind).label.lower()
    what = f"{bulk.name} ({kind}s)" if bulk.name else f"{kind}s"
    return f"{'Plan' if bulk.dry_run else 'Request'}: {what}"


def set_badge(bulk: BulkRequest) -> Badge:
    return Badge(bulk.get_status_display(), SET_TONES[bulk.status])


REQUEST_SETS: ListDefinition[BulkRequest] = ListDefinition(
    key="transactions.sets",
    title="Request sets",
    selector=selectors.request_sets,
    right=access.VIEW_TRANSACTIONS,
    filterset_class=RequestSetFilter,
    columns=(
        Column("what", "What", set_name),
        Column("status", "Status", set_badge),
        Column("done", "Rows judged", lambda bulk: bulk.done),
        Column("asked_by", "Asked by", lambda bulk: bulk.asked_by_label),
        Column("created_at", "Asked for", lambda bulk: bulk.created_at, sort="created_at"),
        Column("finished_at", "Ended", lambda bulk: bulk.finished_at),
        Column("message", "Message", lambda bulk: bulk.message),
    ),
    default_sort="-created_at",
    row_url=lambda bulk: reverse("appointments:plan", args=[bulk.pk]),
    nouns=("request set", "request sets"),
    empty=EmptyState(
        "No request set yet.",
        "Whatever is asked for at once, and every dry run with its plan, is kept here.",
    ),
)
