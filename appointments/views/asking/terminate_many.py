"""Ending appointments of many producers at once: what was chosen in a list, with a reason for each state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from appointments import access
from appointments.enums import AppointmentStatus
from appointments.lists import selections
from appointments.models import Appointment, BulkRequest
from appointments.services.asking.terminations import ask_terminations
from appointments.views.asking.states import Said, StateTerms, Terms, load_terms, reasons_of
from appointments.views.asking.terminate import as_requests
from core.access import actor_of, back_office_page, render_page
from core.errors import DomainError, InvalidInput

GONE = "What you chose is not kept any more. Choose the appointments again."


@dataclass(frozen=True, slots=True)
class Chosen:
    """The appointments chosen that can be asked about, each with its producer's NPN, and how many cannot."""

    rows: list[tuple[Appointment, str]]
    ended: int
    without_npn: int

    def by_state(self) -> dict[str, int]:
        return dict(sorted(Counter(row.state for row, _npn in self.rows).items()))

    def producers(self) -> int:
        return len({npn for _row, npn in self.rows})


@back_office_page(right=access.PREPARE)
def terminate_many(request: HttpRequest) -> HttpResponseBase:
    """A reason for each state of what was chosen; then a plan is made, and nothing is sent."""
    selection = selections.find("appointments", request.GET.get("selection", ""), actor_of(request))
    if selection is None:
        context: dict[str, Any] = {"gone": GONE}
        return render_page(
            request, "appointments/asking/terminate_many.html", context, "Terminate appointments", status=410
        )
    chosen, terms = _chosen(selection.ids), load_terms()
    problem, refused = "", dict[str, str]()
    if request.method == "POST" and chosen.rows:
        said = {state: terms.said(state, request.POST.dict()) for state in chosen.by_state()}
        refused = {state: each.problem for state, each in said.items() if each.problem}
        planned, problem = _plan(request, chosen, said, refused)
        if planned is not None:
            return redirect("appointments:plan", pk=planned.pk)
    states = _states(request, chosen, terms, refused)
    context = {
        "chosen": chosen,
        "producers": chosen.producers(),
        "problem": problem,
        "states": states,
        "reasons": reasons_of(each for each, _count in states),
    }
    title = "Terminate appointments"
    status = 422 if problem else 200
    return render_page(request, "appointments/asking/terminate_many.html", context, title, status=status)


def _plan(
    request: HttpRequest, chosen: Chosen, said: dict[str, Said], refused: dict[str, str]
) -> tuple[BulkRequest | None, str]:
    """A dry run of what was chosen, or the sentence why there is none."""
    if refused:
        return None, f"Nothing was asked for yet. See what is wrong in {', '.join(refused)}."
    try:
        return ask_terminations(as_requests(chosen.rows, said), dry_run=True, actor=actor_of(request)), ""
    except InvalidInput as refusal:
        return None, " ".join(error["message"] for error in refusal.errors[:5])
    except DomainError as refusal:
        return None, str(refusal)


def _states(
    request: HttpRequest, chosen: Chosen, terms: Terms, refused: dict[str, str]
) -> list[tuple[StateTerms, int]]:
    posted = request.POST.dict() if request.method == "POST" else None
    return [
        (terms.of(state, posted, refused.get(state, "")), count) for state, count in chosen.by_state().items()
    ]


def _chosen(ids: list[int]) -> Chosen:
    """Read what was chosen: a constant number of queries for each thousand."""
    found: list[tuple[Appointment, str]] = []
    ended = without_npn = 0
    for start in range(0, len(ids), 1000):
        rows = Appointment.objects.filter(pk__in=ids[start : start + 1000], known_to=None).order_by("pk")
        for row in rows.select_related("producer").only("state", "status", "removed_at", "producer__npn"):
            npn = row.producer.npn
            if row.status != AppointmentStatus.APPOINTED or row.removed_at:
                ended += 1
            elif not npn:
                without_npn += 1
            else:
                found.append((row, npn))
    return Chosen(found, ended, without_npn)
