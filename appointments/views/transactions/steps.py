"""One page for each step that many transactions may take at once: what it means, for how many, then the button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from appointments import access
from appointments.enums import TransactionStatus
from appointments.lists.transactions import money
from appointments.models import dollars
from appointments.selectors.transactions import approvers, counts_by_status, gateway_settings
from appointments.services.handling.approving import approve
from appointments.services.handling.desk import close, hold, mend, take_back
from appointments.services.handling.results import Cost, Handled
from appointments.services.handling.submit import CostChanged, cost_of, release
from appointments.transitions import TRANSACTIONS
from appointments.views.transactions.chosen import Chosen
from appointments.views.transactions.told import refusals, tell
from core.access import actor_of, back_office_page, render_page, require_right, signed_in
from core.accounts.models import User
from core.errors import DomainError, NotAllowed


@dataclass(frozen=True, slots=True)
class Step:
    """A step as people see it. ``event`` is its name in the state table; ``said`` follows a number: “3 closed”."""

    event: str
    label: str
    right: str
    text: str
    said: str
    run: Callable[..., Handled]
    wants_reason: bool = False
    spends: bool = False
    danger: bool = False

    @property
    def sources(self) -> frozenset[str]:
        """The statuses from which it is possible."""
        return frozenset(move.source for move in TRANSACTIONS.moves if move.event == self.event)


STEPS = {
    step.event: step
    for step in (
        Step(
            "release",
            "Release",
            access.SUBMIT,
            "They leave for NIPR after the cool-off time, and are charged when NIPR takes them.",
            "released",
            release,
            spends=True,
        ),
        Step(
            "approve",
            "Approve",
            access.APPROVE,
            "You are the second person: neither who prepared nor who submitted may approve. Approved ones are ready "
            "to be submitted; nothing leaves yet.",
            "approved and ready to be submitted",
            approve,
        ),
        Step(
            "take_back",
            "Take back",
            access.SUBMIT,
            "What is still inside its cool-off time comes back to “Ready to submit”. What has left cannot be called "
            "back.",
            "taken back",
            take_back,
        ),
        Step(
            "hold",
            "Hold for first business",
            access.PREPARE,
            "They wait until the first business is placed; release them then.",
            "held",
            hold,
        ),
        Step(
            "mend",
            "Make ready again",
            access.PREPARE,
            "NIPR refused them and charged nothing. Put right what it said first; then they can be submitted again.",
            "ready to be submitted again",
            mend,
        ),
        Step(
            "close",
            "Close",
            access.PREPARE,
            "Closing takes them out of the work lists. It cancels nothing at NIPR or at the state, and refunds "
            "nothing.",
            "closed",
            close,
            wants_reason=True,
            danger=True,
        ),
    )
}


@back_office_page(access.VIEW_TRANSACTIONS)
def step_page(request: HttpRequest, event: str) -> HttpResponseBase:
    """Ask on GET, do it on POST. Each transaction has an answer of its own."""
    step = STEPS.get(event)
    if step is None:
        raise Http404("There is no such step.")
    require_right(signed_in(request), step.right)
    try:
        chosen = Chosen.read(request.POST if request.method == "POST" else request.GET)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("appointments:transactions")
    if request.method == "POST":
        return _take(request, step, chosen)
    return ask(request, step, chosen)


def ask(
    request: HttpRequest,
    step: Step,
    chosen: Chosen,
    *,
    changed: CostChanged | None = None,
    agreed: int | None = None,
) -> HttpResponseBase:
    """The question. ``changed`` and ``agreed``: the cost of now, and the one that had been agreed to."""
    counts = counts_by_status(chosen.rows)
    possible = sum(count for status, count in counts.items() if status in step.sources)
    cost = changed.cost if changed else None
    if cost is None and step.spends and possible:
        cost = cost_of(list(chosen.rows.filter(status__in=step.sources).values_list("pk", flat=True)))
    context: dict[str, Any] = {
        "step": step,
        "chosen": chosen,
        "possible": possible,
        "left": [
            (TransactionStatus(status).label, count)
            for status, count in counts.items()
            if status not in step.sources
        ],
        "refused": refusals(changed.refused) if changed and changed.refused else "",
        **cost_context(cost, agreed if changed else None),
    }
    if step.spends:
        unapproved = chosen.rows.filter(status__in=step.sources, approved_by_user_id=None).exists()
        context |= second_key(cost, signed_in(request), unapproved=unapproved)
    status = 409 if changed else 200
    template = "appointments/transactions/step.html"
    return render_page(request, template, context, f"{step.label} transactions", status=status)


def second_key(cost: Cost | None, user: User, *, unapproved: bool, for_cause: int = 0) -> dict[str, Any]:
    """Whether somebody else has to approve before anything leaves, above which cost, and who may."""
    settings = gateway_settings()
    above = bool(cost and unapproved and cost.total_cents > settings.second_key_above_cents)
    return {
        "needs_second": above,
        "for_cause": for_cause,
        "limit": money(settings.second_key_above_cents),
        "approvers": approvers(without=user.pk) if above or for_cause else [],
        "cool_off": settings.cool_off_seconds,
    }


def cost_context(cost: Cost | None, agreed: int | None) -> dict[str, Any]:
    """What templates show of a cost, and of the one that had been agreed to when they differ."""
    if cost is None:
        return {"cost": None, "changed": False}
    later = f"and {cost.billed_later:,} billed by the state" if cost.billed_later else ""
    return {
        "cost": cost,
        "changed": agreed is not None,
        "agreed_dollars": f"{dollars(agreed or 0):,}",
        "total_dollars": f"{dollars(cost.total_cents):,}",
        "figures": [
            ("State fees", money(cost.state_cents), later),
            ("NIPR fees", money(cost.nipr_cents), ""),
            ("Total", money(cost.total_cents), ""),
        ],
    }


def _take(request: HttpRequest, step: Step, chosen: Chosen) -> HttpResponseBase:
    given: dict[str, Any] = {}
    if step.wants_reason:
        given["reason"] = request.POST.get("reason", "").replace("\0", "").strip()[:500]
    agreed = agreed_cents(request)
    if step.spends:
        given["confirm_cents"] = agreed
    try:
        handled = step.run(
            chosen.ids, actor=actor_of(request), has_right=signed_in(request).has_perm, **given
        )
    except CostChanged as changed:
        return ask(request, step, chosen, changed=changed, agreed=agreed)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        tell(request, handled, step.said)
    return redirect(chosen.back)


def agreed_cents(request: HttpRequest) -> int | None:
    """The cost that the form names; none where it names none that can be read."""
    text = request.POST.get("agreed_cents", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None
