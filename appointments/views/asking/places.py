"""Where the fix of a decision is done, on the screens of one producer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from appointments import access
from core.access import has_right, right_label
from core.accounts.models import User
from producers.access import ASSIGN
from producers.models import Producer
from rulebook.decision import Fix

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A fix as it is drawn: a link where there is a page for it, else its words."""

    text: str
    url: str = ""


def place_of(fix: Fix | None, producer: Producer, user: User) -> Place | None:
    """The page of a fix as this person finds it; without the right, the words and which right it takes."""
    if fix is None:
        return None
    where, right = _PLACES.get(fix.code, (_nowhere, ""))
    url = where(fix.params, producer)
    if url and not has_right(user, right):
        return Place(f"{fix.text} It takes the right “{right_label(right)}”.")
    return Place(fix.text, url)


def address(name: str, *args: Any) -> str:
    """The address of a page; nothing where this installation has no such page, or the value fits no address."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _nowhere(params: Params, producer: Producer) -> str:
    return ""


def _state_rule(params: Params, producer: Producer) -> str:
    return address("rulebook:change_rule", params.get("state"), params.get("field"))


def _line(params: Params, producer: Producer) -> str:
    return address("rulebook:change_line", params.get("state"), params.get("loa_code"))


def _company(params: Params, producer: Producer) -> str:
    return f"{reverse('appointments:companies')}?{urlencode({'q': params.get('cocode', '')})}"


def _new_company(params: Params, producer: Producer) -> str:
    return reverse("appointments:company_new")


def _assignments(params: Params, producer: Producer) -> str:
    return reverse("producers:page", args=[producer.pk]) + "?tab=assignments"


def _licenses(params: Params, producer: Producer) -> str:
    return reverse("producers:page", args=[producer.pk]) + "?tab=licenses"


def _transaction(params: Params, producer: Producer) -> str:
    number = str(params.get("number", "")).removeprefix("GT-")
    return address("appointments:transaction", int(number)) if number.isdecimal() else ""


def _licensing(params: Params, producer: Producer) -> str:
    url = address("appointments:license_request", producer.pk)
    said = {name: params.get(name, "") for name in ("state", "category")}
    return f"{url}?{urlencode({k: v for k, v in said.items() if v})}" if url else ""


def _rules(params: Params, producer: Producer) -> str:
    return address("appointments:business_rules_state", params.get("state"))


_PLACES: dict[str, tuple[Callable[[Params, Producer], str], str]] = {
    "add_rule": (_state_rule, "rulebook.add_staterule"),
    "set_line_categories": (_line, "rulebook.add_lineofauthority"),
    "add_company": (_new_company, access.ADD_COMPANIES),
    "edit_company": (_company, access.CHANGE_COMPANIES),
    "open_company_state": (_company, access.CHANGE_COMPANIES),
    "edit_assignment": (_assignments, ASSIGN),
    "see_why_inactive": (_licenses, ""),
    "open_transaction": (_transaction, access.VIEW_TRANSACTIONS),
    "apply": (_licensing, access.PREPARE),
    "add_line": (_licensing, access.PREPARE),
    "add_business_rule": (_rules, access.CHANGE_RULES),
}
