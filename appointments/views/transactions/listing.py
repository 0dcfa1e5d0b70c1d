"""The lists of this room, each over the engine of all lists, with what stands above their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from appointments import access
from appointments.enums import TransactionStatus
from appointments.lists.ledger import LEDGER
from appointments.lists.transactions import (
    ACTIONABLE,
    REQUEST_SETS,
    TRANSACTIONS,
    ChosenRows,
    money,
)
from appointments.models import Transaction, dollars
from appointments.selectors.ledger import LedgerRow, ledger_rows, ledger_total
from appointments.selectors.transactions import counts_by_status
from appointments.views.transactions.chosen import MOST, Chosen
from appointments.views.transactions.steps import STEPS, ask
from appointments.views.transactions.submitting import cost_page
from core import clock
from core.access import actor_of, back_office_page
from core.audit import services as audit
from core.downloads import table_file
from core.lists.definition import ListDefinition
from core.lists.screen import ListScreen
from core.lists.views import list_view

MONTHS_SHOWN = 100
"""Rows of the ledger's summary on the page; its file has all."""


@dataclass(frozen=True, slots=True)
class StatusLink:
    """A status with how many of the matching rows stand there, and the address of just these."""

    label: str
    count: int
    url: str
    current: bool


def _transactions(definition: ListDefinition[Transaction]) -> Callable[[HttpRequest], HttpResponseBase]:
    engine = list_view(definition)

    @back_office_page(access.VIEW_TRANSACTIONS)
    def view(request: HttpRequest) -> HttpResponseBase:
        answer = engine(request)
        if isinstance(answer, ChosenRows):
            return _next(request, answer)
        if isinstance(answer, TemplateResponse) and answer.template_name == "core/list.html":
            context = answer.context_data or {}
            answer.template_name = "appointments/transactions/list.html"
            answer.context_data = {**context, "by_status": _by_status(context["screen"])}
        return answer

    return view


def _next(request: HttpRequest, picked: ChosenRows) -> HttpResponseBase:
    """The page that says what the step means for the rows that were ticked."""
    back = request.get_full_path()
    if len(picked.ids) > MOST:
        messages.error(
            request, f"{len(picked.ids):,} are too many for one step; narrow it to {MOST:,} at most."
        )
        return redirect(back)
    chosen = Chosen(picked.ids, back)
    return cost_page(request, chosen) if picked.step == "submit" else ask(request, STEPS[picked.step], chosen)


def _by_status(screen: ListScreen[Transaction]) -> list[StatusLink]:
    """Where the rows stand that match everything but the status."""
    params = screen.params.copy()
    chosen = params.pop("status", [""])[-1]
    counts = counts_by_status(screen.definition.rows(screen.user, params))
    links = [
        StatusLink(TransactionStatus(status).label, count, screen.address(status=status), status == chosen)
        for status, count in counts.items()
    ]
    return [StatusLink("All", sum(counts.values()), screen.address("status"), not chosen), *links]


transaction_list = _transactions(TRANSACTIONS)
actionable_list = _transactions(ACTIONABLE)
request_sets = list_view(REQUEST_SETS)

# The fee ledger -------------------------------------------------------------------------------------------------

HEADER = (
    "Month", "CoCode", "Company", "State", "Transactions", "State fees, estimated", "NIPR fees, estimated",
    "State fees, charged", "NIPR fees, charged", "Not charged yet", "Billed by the state", "Difference",
)  # fmt: skip
_ledger = list_view(LEDGER)


@back_office_page(access.VIEW_TRANSACTIONS)
def fee_ledger(request: HttpRequest) -> HttpResponseBase:
    """What transactions cost: totals, then by month, company and state, then one by one."""
    if request.method == "GET" and request.GET.get("summary") in {"csv", "xlsx"}:
        return _summary_file(request)
    answer = _ledger(request)
    if isinstance(answer, TemplateResponse) and answer.template_name == "core/list.html":
        context = answer.context_data or {}
        screen: ListScreen[Transaction] = context["screen"]
        rows = ledger_rows(screen.rows)
        answer.template_name = "appointments/transactions/ledger.html"
        answer.context_data = {
            **context,
            "totals": _totals(ledger_total(screen.rows)),
            "months": [_month(row) for row in rows[:MONTHS_SHOWN]],
            "more_months": max(0, len(rows) - MONTHS_SHOWN),
            "files": [(kind.upper(), screen.address(summary=kind)) for kind in ("csv", "xlsx")],
        }
    return answer


def _totals(total: LedgerRow) -> list[tuple[str, str, str]]:
    later = f"{total.billed_later:,} with a state fee that the state bills" if total.billed_later else ""
    waiting = f"{total.not_charged_yet:,} not charged yet" if total.not_charged_yet else "all charged"
    return [
        ("Estimated", money(total.estimated_cents), later),
        ("Charged", money(total.charged_cents), waiting),
        ("Difference", _signed(total.difference_cents), "charged less estimated, where both are known"),
    ]


def _signed(cents: int) -> str:
    return f"−{money(-cents)}" if cents < 0 else money(cents)


def _month(row: LedgerRow) -> dict[str, Any]:
    return {
        "row": row,
        "estimated": money(row.estimated_cents),
        "charged": money(row.charged_cents),
        "difference": _signed(row.difference_cents) if row.difference_cents else "",
    }


def _cells(row: LedgerRow) -> Sequence[Any]:
    month = row.month.strftime("%Y-%m") if row.month else "not charged yet"
    amounts = (
        row.estimated_state_cents, row.estimated_nipr_cents, row.charged_state_cents, row.charged_nipr_cents,
    )  # fmt: skip
    return (
        month, row.cocode, row.company, row.state, row.count, *map(dollars, amounts), row.not_charged_yet,
        row.billed_later, dollars(row.difference_cents),
    )  # fmt: skip


def _summary_file(request: HttpRequest) -> HttpResponseBase:
    """The summary as a file; like every export it is in the audit trail."""
    params = request.GET.copy()
    kind = params.pop("summary")[-1]
    user: Any = request.user
    lines = [_cells(row) for row in ledger_rows(LEDGER.rows(user, params))]
    said = {"list": [None, LEDGER.key], "format": [None, kind], "filters": [None, params.urlencode()]}
    audit.record("list.exported", actor=actor_of(request), subject=None, changes=said)
    return table_file(HEADER, lines, kind, f"fee-ledger-{clock.today().isoformat()}", LEDGER.title)
