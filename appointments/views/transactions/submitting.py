"""What a submission costs, who has to agree to it, and the submission itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from appointments import access
from appointments.enums import TransactionKind, TransactionStatus
from appointments.lists.transactions import money
from appointments.models import Transaction
from appointments.selectors.transactions import approvers, counts_by_status, gateway_settings
from appointments.services.handling.results import Cost
from appointments.services.handling.submit import CostChanged, cost_of, submit
from appointments.views.transactions.chosen import Chosen
from appointments.views.transactions.steps import agreed_cents, cost_context
from appointments.views.transactions.told import tell
from core.access import actor_of, back_office_page, render_page, signed_in
from core.errors import DomainError, NotAllowed


@dataclass(frozen=True, slots=True)
class Part:
    """Transactions of one kind, state and company, with their fees in cents as estimated."""

    kind: str
    state: str
    company: str
    count: int
    state_cents: int
    nipr_cents: int
    billed_later: int


@back_office_page(access.SUBMIT)
def submit_page(request: HttpRequest) -> HttpResponseBase:
    """The cost on GET. POST names the cost it agreed to; when that is not the cost of now, nothing is sent."""
    try:
        chosen = Chosen.read(request.POST if request.method == "POST" else request.GET)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("appointments:transactions")
    if request.method != "POST":
        return cost_page(request, chosen)
    agreed = agreed_cents(request)
    if agreed is None:
        messages.error(request, "Nothing was sent: the form named no cost. Look at it and submit again.")
        return cost_page(request, chosen)
    return _send(request, chosen, agreed)


def _send(request: HttpRequest, chosen: Chosen, agreed: int) -> HttpResponseBase:
    right = signed_in(request).has_perm
    try:
        handled = submit(chosen.ids, confirm_cents=agreed, actor=actor_of(request), has_right=right)
    except CostChanged as changed:
        return cost_page(request, chosen, cost=changed.cost, agreed=agreed)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return cost_page(request, chosen)
    tell(request, handled, "submitted")
    return redirect(chosen.back)


def cost_page(
    request: HttpRequest, chosen: Chosen, *, cost: Cost | None = None, agreed: int | None = None
) -> HttpResponseBase:
    """``cost`` and ``agreed`` are given when the cost changed between looking and sending."""
    ready = chosen.rows.filter(status=TransactionStatus.READY_TO_SUBMIT)
    settings = gateway_settings()
    parts = _parts(ready)
    cost = cost or cost_of(chosen.ids)
    estimated = sum(part.state_cents + part.nipr_cents for part in parts)
    unapproved = ready.filter(approved_by_user_id=None).exists()
    needs_second = unapproved and cost.total_cents > settings.second_key_above_cents
    context: dict[str, Any] = {
        "chosen": chosen,
        "parts": [(part, _fee(part), money(part.nipr_cents)) for part in parts],
        "estimated": money(estimated),
        "rates_changed": estimated != cost.total_cents,
        "left": _not_ready(chosen.rows),
        "needs_second": needs_second,
        "limit": money(settings.second_key_above_cents),
        "approvers": approvers(without=signed_in(request).pk) if needs_second else [],
        "cool_off": settings.cool_off_seconds,
        **cost_context(cost, agreed),
    }
    status = 409 if agreed is not None else 200
    title = "Submit transactions"
    return render_page(request, "appointments/transactions/submit.html", context, title, status=status)


def _fee(part: Part) -> str:
    """Nothing is not nought: where the state bills all of them, there is no amount to show."""
    return "—" if part.billed_later == part.count else money(part.state_cents)


def _parts(ready: QuerySet[Transaction]) -> Sequence[Part]:
    rows = (
        ready.order_by()
        .values_list("kind", "state", "company__name")
        .annotate(
            Count("pk"),
            Sum("state_fee_cents", default=0),
            Sum("nipr_fee_cents", default=0),
            Count("pk", filter=Q(state_fee_cents=None)),
        )
        .order_by("kind", "state", "company__name")
    )
    return [
        Part(TransactionKind(kind).label, state, company or "", *figures)
        for kind, state, company, *figures in rows
    ]


def _not_ready(rows: QuerySet[Transaction]) -> list[tuple[str, int]]:
    return [
        (TransactionStatus(status).label, count)
        for status, count in counts_by_status(rows).items()
        if status != TransactionStatus.READY_TO_SUBMIT
    ]
