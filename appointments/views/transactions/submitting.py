"""What a submission costs, who has to agree to it, and the submission itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from appointments import access
from appointments.enums import TransactionStatus
from appointments.lists.transactions import money
from appointments.models import Transaction
from appointments.selectors.transactions import HEAVY, counts_by_status
from appointments.services.handling import people
from appointments.services.handling.eligibility import no_longer_eligible
from appointments.services.handling.pricing import Price, prices_now, summed
from appointments.services.handling.results import Cost, HandledOne
from appointments.services.handling.submit import CostChanged, submit
from appointments.views.transactions.chosen import Chosen
from appointments.views.transactions.steps import agreed_cents, cost_context, second_key
from appointments.views.transactions.told import refusals, tell
from core.access import actor_of, back_office_page, render_page, signed_in
from core.errors import DomainError, NotAllowed


@dataclass(frozen=True, slots=True)
class Part:
    """Transactions of one kind, state and company, with what they cost."""

    kind: str
    state: str
    company: str
    cost: Cost

    @property
    def nipr_cents(self) -> int:
        return self.cost.nipr_cents


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
    offer = _offer(chosen)
    cost = changed.cost if changed else offer.cost
    user = signed_in(request)
    context: dict[str, Any] = {
        "chosen": chosen,
        "parts": [(part, _fee(part), money(part.nipr_cents)) for part in offer.parts],
        "left": _not_ready(chosen.rows),
        "dropped": refusals(offer.dropped) if offer.dropped and not changed else "",
        "refused": refusals(changed.refused) if changed and changed.refused else "",
        **second_key(cost, user, unapproved=offer.unapproved, for_cause=offer.for_cause),
        **cost_context(cost, agreed if changed else None),
    }
    status = 409 if changed else 200
    title = "Submit transactions"
    return render_page(request, "appointments/transactions/submit.html", context, title, status=status)


@dataclass(frozen=True, slots=True)
class Offer:
    """What may leave at today's rates, and what may not, with why."""

    cost: Cost
    parts: list[Part]
    dropped: list[HandledOne]
    unapproved: bool
    for_cause: int
    """How many need the second key whatever they cost."""


def _offer(chosen: Chosen) -> Offer:
    """Judged and priced as the submission itself will do it, so that both come to the same amount."""
    ready = Transaction.objects.filter(pk__in=chosen.ids, status=TransactionStatus.READY_TO_SUBMIT)
    rows = list(ready.select_related("company").defer(*HEAVY).order_by("pk"))
    out = no_longer_eligible(rows)
    going = [row for row in rows if row.pk not in out]
    prices = prices_now(going)
    waiting = [row for row in going if not people.has_second_key(row)]
    return Offer(
        cost=summed(prices.values()),
        parts=_parts(going, prices),
        dropped=[
            HandledOne(row.number, False, out[row.pk].code, out[row.pk].message, fix=out[row.pk].fix)
            for row in rows
            if row.pk in out
        ],
        unapproved=bool(waiting),
        for_cause=sum(row.for_cause for row in waiting),
    )


def _parts(rows: Sequence[Transaction], prices: Mapping[int, Price]) -> list[Part]:
    """The rows by kind, state and company, in that order."""
    found: dict[tuple[str, str, str], list[Price]] = {}
    for row in rows:
        key = (row.get_kind_display(), row.state, row.company.name if row.company else "")
        found.setdefault(key, []).append(prices[row.pk])
    return [Part(*key, summed(group)) for key, group in sorted(found.items())]


def _fee(part: Part) -> str:
    """Nothing is not nought: where the state bills all of them, there is no amount to show."""
    return "—" if part.cost.billed_later == part.cost.count else money(part.cost.state_cents)


def _not_ready(rows: QuerySet[Transaction]) -> list[tuple[str, int]]:
    return [
        (TransactionStatus(status).label, count)
        for status, count in counts_by_status(rows).items()
        if status != TransactionStatus.READY_TO_SUBMIT
    ]
