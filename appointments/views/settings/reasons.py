"""The termination reason that is taken where none is given, state by state."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect

from appointments import access
from appointments.models import DefaultTerminationReason
from appointments.services.settings.reasons import preview_default_reasons, set_default_reasons
from appointments.views.settings.rules import rights_of
from appointments.views.settings.telling import sentences
from core import clock
from core.access import (
    actor_of,
    back_office_page,
    has_right,
    lacking,
    render_page,
    require_right,
    signed_in,
)
from core.errors import DomainError, InvalidInput
from producers.states import state_choices
from rulebook.rules.reasons import ReasonBook
from rulebook.rules.termination_for_cause import needs_a_second_person
from rulebook.selectors import load_reason_book


@back_office_page(right="appointments.view_defaultterminationreason")
def default_reasons(request: HttpRequest) -> HttpResponseBase:
    """A choice for each state, of what the state takes."""
    may = has_right(signed_in(request), access.CHANGE_RULES)
    told: list[str] = []
    faults: dict[str, str] = {}
    problem = ""
    if request.method == "POST":
        require_right(signed_in(request), access.CHANGE_RULES)
        wanted = _wanted(request.POST)
        try:
            told = sentences(preview_default_reasons(wanted), "default", "defaults")
            if "confirmed" in request.POST:
                set_default_reasons(wanted, actor=actor_of(request), has_right=rights_of(request))
                messages.success(request, " ".join(told))
                return redirect("appointments:default_reasons")
        except InvalidInput as refusal:
            faults = {error["path"]: error["message"] for error in refusal.errors}
            problem = "Nothing was saved yet. Correct what is marked below."
        except DomainError as refusal:
            problem = str(refusal)
    context = {
        "rows": _rows(request.POST if request.method == "POST" else None, faults),
        "told": told,
        "problem": problem,
        "may": may,
        "refusal": lacking(signed_in(request), access.CHANGE_RULES),
    }
    title = "Default termination reasons"
    status = 422 if problem else 200
    return render_page(request, "appointments/settings/reasons.html", context, title, status=status)


def _wanted(posted: QueryDict) -> dict[str, str]:
    """What was chosen, for the states that were on the page."""
    return {
        state: posted.get(f"reason-{state}", "").replace("\x00", "")[:40]
        for state, _name in state_choices()
        if f"reason-{state}" in posted
    }


def _rows(posted: QueryDict | None, faults: dict[str, str]) -> list[dict[str, Any]]:
    current = dict(DefaultTerminationReason.objects.values_list("state", "reason"))
    book = load_reason_book(clock.today(), current)
    return [
        {
            "state": state,
            "name": name,
            "offered": _offered(book, state, _said(posted, state, current)),
            "takes_none": book.takes_none(state),
            "known": book.accepted(state) is not None,
            "problem": faults.get(state, ""),
        }
        for state, name in state_choices()
    ]


def _said(posted: QueryDict | None, state: str, current: dict[str, str]) -> str:
    kept = current.get(state, "")
    return kept if posted is None else posted.get(f"reason-{state}", kept)


def _offered(book: ReasonBook, state: str, chosen: str) -> list[tuple[str, str, bool]]:
    """Slug, words and whether it is chosen. What was chosen and is not taken any more stays to be seen."""
    rows = [
        (each.slug, each.label + (" (for cause)" if needs_a_second_person(each) else ""), each.slug == chosen)
        for each in book.offered(state)
    ]
    if chosen and not any(row[2] for row in rows):
        rows.append((chosen, f"{chosen} (the state does not take it)", True))
    return rows
