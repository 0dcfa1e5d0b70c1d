"""Where a decision's fix is done. What needs a transaction comes with transactions; until then it is told in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from producers.access import ASSIGN
from scorecards.models import Scorecard


@dataclass(frozen=True, slots=True)
class FixLink:
    """A fix as it is drawn: a link where there is a page for it, else its words."""

    text: str
    url: str = ""
    right: str = ""


Params = Mapping[str, Any]


def _state_rule(params: Params, scorecard: Scorecard) -> str:
    return reverse("rulebook:change_rule", args=[params["state"], params["field"]])


def _line(params: Params, scorecard: Scorecard) -> str:
    return _maybe("rulebook:change_line", params["state"], params["loa_code"])


def _company(params: Params, scorecard: Scorecard) -> str:
    return _maybe("appointments:company", params["cocode"]) or _maybe("appointments:companies")


def _assignment(params: Params, scorecard: Scorecard) -> str:
    return reverse("producers:assignment_edit", args=[scorecard.assignment_id])


def _licenses(params: Params, scorecard: Scorecard) -> str:
    return reverse("producers:page", args=[scorecard.producer_id]) + "?tab=licenses"


PLACES: dict[str, tuple[Callable[[Params, Scorecard], str], str]] = {
    "add_rule": (_state_rule, "rulebook.add_staterule"),
    "set_line_categories": (_line, "rulebook.add_lineofauthority"),
    "add_company": (_company, "appointments.add_company"),
    "edit_company": (_company, "appointments.change_company"),
    "open_company_state": (_company, "appointments.change_company"),
    "edit_assignment": (_assignment, ASSIGN),
    "see_why_inactive": (_licenses, ""),
}


def fix_link(fix: Mapping[str, Any] | None, scorecard: Scorecard) -> FixLink | None:
    """The fix of a stored decision, with the page where it is done if there is one."""
    if not fix:
        return None
    place, right = PLACES.get(fix["code"], (None, ""))
    url = place(fix.get("params") or {}, scorecard) if place else ""
    return FixLink(fix["text"], url, right)


def _maybe(name: str, *args: Any) -> str:
    """The address, or nothing where that page is not part of this installation or the value fits no address."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
