"""What a submission costs, who has to agree to it, and the submission itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from appointments import access
from appointments.enums import TransactionStatus
from appointments.lists.transactions import money
from appointments.models import Transaction
from appointments.selectors.transactions import counts_by_status
from appointments.services.handling.submit import CostChanged, submit
from appointments.views.transactions.chosen import Chosen
from appointments.views.transactions.offers import offer_of, spending_context, state_fee
from appointments.views.transactions.steps import agreed_cents
from appointments.views.transactions.told import tell
from core.access import actor_of, back_office_page, render_page, signed_in
from core.errors import DomainError, NotAllowed


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
        return cost_page(request, chosen, changed=changed, agreed=agreed)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return cost_page(request, chosen)
    tell(request, handled, "submitted")
    return redirect(chosen.back)


def cost_page(
    request: HttpRequest, chosen: Chosen, *, changed: CostChanged | None = None, agreed: int | None = None
) -> HttpResponseBase:
    """``changed`` and ``agreed`` are given when the cost changed between looking and sending."""
    offer = offer_of(chosen.rows.filter(status=TransactionStatus.READY_TO_SUBMIT))
    context: dict[str, Any] = {
        "chosen": chosen,
        "parts": [(part, state_fee(part), money(part.nipr_cents)) for part in offer.parts],
        "left": _not_ready(chosen.rows),
        **spending_context(offer, signed_in(request), changed=changed, agreed=agreed),
    }
    status = 409 if changed else 200
    title = "Submit transactions"
    return render_page(request, "appointments/transactions/submit.html", context, title, status=status)


def _not_ready(rows: QuerySet[Transaction]) -> list[tuple[str, int]]:
    return [
        (TransactionStatus(status).label, count)
        for status, count in counts_by_status(rows).items()
        if status != TransactionStatus.READY_TO_SUBMIT
    ]
