"""The plan of a Quick Appoint: what would be asked for and what it costs; then it is carried out as shown."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from appointments import access
from appointments.enums import BulkStatus, TransactionKind, TransactionStatus
from appointments.models import BulkRequest, Transaction
from appointments.selectors.records import company_names
from appointments.services.asking.plans import PlanRow, approve_plan, plan_rows
from appointments.views.asking.reading import money
from appointments.views.sending import send_agreed
from core.access import (
    actor_of,
    back_office_page,
    lacking,
    render_page,
    require_right,
    signed_in,
)
from core.errors import Conflict, DomainError
from producers.models import Producer
from producers.selectors import producers


@dataclass(frozen=True, slots=True)
class PlanCost:
    """What a plan costs if what is ready is sent now, in cents."""

    state_cents: int
    nipr_cents: int
    billed: int
    """How many state fees the state bills by itself."""
    ready: int

    @property
    def total_cents(self) -> int:
        return self.state_cents + self.nipr_cents


def cost_of_plan(rows: list[PlanRow]) -> PlanCost:
    """The cost of the rows that are ready to submit; held and recorded ones cost nothing now."""
    ready = [row for row in rows if row.outcome == TransactionStatus.READY_TO_SUBMIT]
    return PlanCost(
        sum(int(row.state_fee * 100) for row in ready if row.state_fee is not None),
        sum(int(row.nipr_fee * 100) for row in ready if row.nipr_fee is not None),
        sum(row.state_fee is None for row in ready),
        len(ready),
    )


@back_office_page(right=access.PREPARE)
def quick_plan(request: HttpRequest, pk: int, bulk: uuid.UUID) -> HttpResponseBase:
    """The plan with its cost; posting carries it out, and with ``submit`` sends what is ready at the cost shown."""
    producer = get_object_or_404(producers(), pk=pk)
    planned = get_object_or_404(BulkRequest, pk=bulk, dry_run=True, kind=TransactionKind.APPOINTMENT)
    if {each["npn"] for each in planned.requests} != {producer.npn}:
        raise Http404
    if planned.status != BulkStatus.PLANNED:
        return redirect("appointments:plan", pk=planned.pk)
    if request.method == "POST":
        return _carry_out(request, producer, planned)
    if Transaction.objects.filter(bulk_request__planned_from=planned).exists():
        messages.info(request, "This plan has been carried out; this is what came of it.")
        return redirect(transactions_of(planned))
    rows = list(plan_rows(planned))
    names = company_names({row.cocode for row in rows})
    context = {
        "producer": producer,
        "rows": [_drawn(row, names) for row in rows],
        "cost": _cost_words(cost_of_plan(rows)),
        "makes": sum(row.outcome in _MADE for row in rows),
        "back": _back(request, producer, planned),
        "may_not_submit": lacking(signed_in(request), access.SUBMIT),
    }
    title = f"Appointments of {producer.display_name}: plan and cost"
    return render_page(request, "appointments/asking/quick_plan.html", context, title)


_MADE = (
    TransactionStatus.READY_TO_SUBMIT,
    TransactionStatus.HELD,
    TransactionStatus.RECORDED,
    TransactionStatus.AWAITING_APPROVAL,
)
_OUTCOMES = {
    TransactionStatus.READY_TO_SUBMIT: ("good", "check_circle", "Ready to submit"),
    TransactionStatus.HELD: ("info", "schedule", "Held: just in time"),
    TransactionStatus.RECORDED: ("quiet", "inventory_2", "Recorded here"),
    TransactionStatus.AWAITING_APPROVAL: ("warn", "key", "Awaits a second person"),
}


def _drawn(row: PlanRow, names: dict[str, str]) -> dict[str, Any]:
    colour, icon, words = _OUTCOMES.get(row.outcome, ("bad", "block", "Not possible"))  # type: ignore[call-overload]
    ready = row.outcome == TransactionStatus.READY_TO_SUBMIT
    return {
        "row": row,
        "company": names.get(row.cocode, row.cocode),
        "colour": colour,
        "icon": icon,
        "words": words,
        "state_fee": _fee(row, ready),
        "nipr_fee": money(int(row.nipr_fee * 100)) if ready and row.nipr_fee is not None else "—",
    }


def _fee(row: PlanRow, ready: bool) -> str:
    if not ready:
        return "—"
    return money(None if row.state_fee is None else int(row.state_fee * 100))


def _cost_words(cost: PlanCost) -> dict[str, Any]:
    return {
        "state": money(cost.state_cents),
        "nipr": money(cost.nipr_cents),
        "total": money(cost.total_cents),
        "cents": cost.total_cents,
        "billed": cost.billed,
        "ready": cost.ready,
    }


def _back(request: HttpRequest, producer: Producer, planned: BulkRequest) -> str:
    """The grid as it was, with the same cells ticked."""
    picks = [
        f"{each['state']}.{each['cocode']}.{category}"
        for each in planned.requests
        for category in each["loa_categories"]
    ]
    day = next((each.get("effective_date") for each in planned.requests), None)
    query = request.GET.copy()
    query.setlist("pick", picks)
    query["on"] = day or ""
    return f"{reverse('appointments:quick_appoint', args=[producer.pk])}?{query.urlencode()}"


def _carry_out(request: HttpRequest, producer: Producer, planned: BulkRequest) -> HttpResponse:
    sends = request.POST.get("do") == "submit"
    if sends:
        require_right(signed_in(request), access.SUBMIT)
    try:
        run = approve_plan(planned, actor_of(request), wait=True)
        if run.status == BulkStatus.CHANGED:
            raise Conflict(
                run.message or "What was planned is not what holds now.", "Look at the grid again."
            )
        if sends:
            _send(request, run)
        else:
            messages.success(request, "Prepared. Nothing has been sent yet: submit them below.")
    except DomainError as refusal:
        messages.error(request, str(refusal))
        if not Transaction.objects.filter(bulk_request__planned_from=planned).exists():
            return redirect(_back(request, producer, planned))
    return redirect(transactions_of(planned))


def _send(request: HttpRequest, run: BulkRequest) -> None:
    """Send what is ready, at the cost that was shown and no other."""
    said = request.POST.get("cents", "")
    if not re.fullmatch(r"[0-9]{1,12}", said):
        raise Conflict("It does not say which cost was agreed to.", "Nothing was sent: submit them below.")
    ready = Transaction.objects.filter(bulk_request=run, status=TransactionStatus.READY_TO_SUBMIT)
    ids = list(ready.order_by("pk").values_list("pk", flat=True))
    send_agreed(request, ids, int(said))


def transactions_of(planned: BulkRequest) -> str:
    """The transactions page, narrowed to what came of a plan."""
    run = BulkRequest.objects.filter(planned_from=planned).order_by("-created_at").first() or planned
    return f"{reverse('appointments:transactions')}?{urlencode({'request_set': str(run.pk)})}"
