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
from appointments.selectors.transactions import counts_by_status
from appointments.services.handling.approving import approve
from appointments.services.handling.desk import close, hold, mend, take_back
from appointments.services.handling.results import Handled
from appointments.services.handling.submit import CostChanged, release
from appointments.transitions import TRANSACTIONS
from appointments.views.transactions.chosen import Chosen
from appointments.views.transactions.offers import offer_of, spending_context
from appointments.views.transactions.told import tell
from core.access import actor_of, back_office_page, render_page, require_right, signed_in
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
            "What was held goes to NIPR, and is charged when NIPR takes it.",
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
    context: dict[str, Any] = {
        "step": step,
        "chosen": chosen,
        "possible": possible,
        "left": [
            (TransactionStatus(status).label, count)
            for status, count in counts.items()
            if status not in step.sources
        ],
    }
    if step.spends and possible:
        offer = offer_of(chosen.rows.filter(status__in=step.sources))
        context |= spending_context(offer, signed_in(request), changed=changed, agreed=agreed)
        context["possible"] = context["cost"].count
    status = 409 if changed else 200
    template = "appointments/transactions/step.html"
    return render_page(request, template, context, f"{step.label} transactions", status=status)


def _take(request: HttpRequest, step: Step, chosen: Chosen) -> HttpResponseBase:
    given: dict[str, Any] = {}
    if step.wants_reason:
        given["reason"] = request.POST.get("reason", "").replace("\0", "").strip()[:500]
    agreed = agreed_cents(request)
    if step.spends and agreed is None:
        messages.error(request, "Nothing was sent: the form named no cost. Look at it and try again.")
        return ask(request, step, chosen)
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
