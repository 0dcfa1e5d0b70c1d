"""Where a decision's fix is done: a link where there is a page for it, else its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from appointments.access import PREPARE, VIEW_TRANSACTIONS
from core.access import has_right, right_label
from core.accounts.models import User
from producers.access import ASSIGN
from scorecards.models import Scorecard


@dataclass(frozen=True, slots=True)
class FixLink:
    """A fix as it is drawn: a link where there is a page for it, else its words."""

    text: str
    url: str = ""
    right: str = ""

    def for_user(self, user: User) -> FixLink:
        """The same link as this user finds it: without the right, the words and who may."""
        if not self.url or has_right(user, self.right):
            return self
        return FixLink(f"{self.text}: needs the right “{right_label(self.right)}”.")


Params = Mapping[str, Any]


def _state_rule(params: Params, scorecard: Scorecard) -> str:
    return reverse("rulebook:change_rule", args=[params["state"], params["field"]])


def _line(params: Params, scorecard: Scorecard) -> str:
    return place_of("rulebook:change_line", params["state"], params["loa_code"])


def _company(params: Params, scorecard: Scorecard) -> str:
    return f"{reverse('appointments:companies')}?{urlencode({'q': params['cocode']})}"


def _assignment(params: Params, scorecard: Scorecard) -> str:
    return reverse("producers:assignment_edit", args=[scorecard.assignment_id])


def _transaction(params: Params, scorecard: Scorecard) -> str:
    found = str(params.get("number", "")).removeprefix("GT-")
    return reverse("appointments:transaction", args=[int(found)]) if found.isdecimal() else ""


def _licensing(params: Params, scorecard: Scorecard) -> str:
    url = place_of("appointments:license_request", scorecard.producer_id)
    query = {"state": params["state"], "category": params.get("category", "")}
    return f"{url}?{urlencode({name: value for name, value in query.items() if value})}" if url else ""


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
    "open_transaction": (_transaction, VIEW_TRANSACTIONS),
    "apply": (_licensing, PREPARE),
    "add_line": (_licensing, PREPARE),
}


def fix_link(fix: Mapping[str, Any] | None, scorecard: Scorecard) -> FixLink | None:
    """The fix of a stored decision, with the page where it is done if there is one."""
    if not fix:
        return None
    place, right = PLACES.get(fix["code"], (None, ""))
    url = place(fix.get("params") or {}, scorecard) if place else ""
    return FixLink(fix["text"], url, right)


def place_of(name: str, *args: Any) -> str:
    """The address of a page; nothing where this installation has no such page, or the value fits no address."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
