"""Where the fix of a decision is done: the one table of the pages, for every screen that shows decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from appointments import access
from appointments.selectors.transactions import number_in
from core.access import has_right, right_label
from core.accounts.models import User
from producers.access import ASSIGN, CHANGE_PRODUCERS, SYNC_PRODUCERS
from rulebook.decision import Fix
from rulebook.rules.license_request_prerequisites import ANSWERS
from rulebook.rules.license_request_question import LicenseAction


@dataclass(frozen=True, slots=True)
class FixLink:
    """A fix as it is drawn: a link where there is a page for it, else its words. ``right``: what the page takes."""

    text: str
    url: str = ""
    right: str = ""

    def for_user(self, user: User) -> FixLink:
        """The same link as this user finds it: without the right, the words and who may."""
        if not self.url or has_right(user, self.right):
            return self
        return FixLink(f"{self.text.rstrip('.')}: needs the right “{right_label(self.right)}”")


Params = Mapping[str, Any]
Place = Callable[[Params, int], str]
"""The address where a fix is done, by what its button needs and the producer it is about."""


def fix_link(
    fix: Fix | Mapping[str, Any] | None, producer_id: int, user: User, **known: Any
) -> FixLink | None:
    """A fix of a decision, stored or just made, as this user finds it: a link where there is a page for it.

    ``known``: what the screen knows beyond the fix: ``agent_type``, ``company`` (its id), ``assignment`` (its id),
    ``transaction`` (its id), and ``back``, the query that leads back from the background questions.
    """
    if not fix:
        return None
    fix = fix if isinstance(fix, Fix) else Fix.from_dict(fix)
    params = {**known, **fix.params}
    place, right = _entry(fix.code, params)
    return FixLink(fix.text, place(params, producer_id), right).for_user(user)


def address(name: str, *args: Any, **query: Any) -> str:
    """The address of a page; nothing where a value is not known or fits no address."""
    if None in args:
        return ""
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    said = urlencode({key: value for key, value in query.items() if value})
    return f"{url}?{said}" if said else url


def answers_url(producer_id: int, agent_type: str, back: str = "") -> str:
    """The page of the background questions, which leads back to where one came from."""
    return address("appointments:background_answers", producer_id, agent_type=agent_type, back=back)


# The pages ------------------------------------------------------------------------------------------------------


def _nowhere(params: Params, producer_id: int) -> str:
    return ""


def _state_rule(params: Params, producer_id: int) -> str:
    return address("rulebook:change_rule", params.get("state"), params.get("field"))


def _line(params: Params, producer_id: int) -> str:
    return address("rulebook:change_line", params.get("state"), params.get("loa_code"))


def _business_rules(params: Params, producer_id: int) -> str:
    return address("appointments:business_rules_state", params.get("state"))


def _new_company(params: Params, producer_id: int) -> str:
    return address("appointments:company_new")


def _company(params: Params, producer_id: int) -> str:
    """Its own page where the screen knows which it is, else the list of those with its CoCode."""
    if params.get("company"):
        return address("appointments:company", params["company"])
    return address("appointments:companies", q=params.get("cocode"))


def _tab(name: str) -> Place:
    def place(params: Params, producer_id: int) -> str:
        return address("producers:page", producer_id, tab=name)

    return place


def _assignment(params: Params, producer_id: int) -> str:
    if params.get("assignment"):
        return address("producers:assignment_edit", params["assignment"])
    return _tab("assignments")(params, producer_id)


def _edit_producer(params: Params, producer_id: int) -> str:
    return address("producers:edit", producer_id)


def _transaction(params: Params, producer_id: int) -> str:
    kind, number = number_in(str(params.get("number", "")))
    return address("appointments:transaction", number) if kind == "GT" else ""


def _papers(params: Params, producer_id: int) -> str:
    url = address("appointments:transaction", params.get("transaction"))
    return f"{url}#papers" if url else ""


def _terminate(params: Params, producer_id: int) -> str:
    return address("appointments:terminate", producer_id)


def _answers(params: Params, producer_id: int) -> str:
    return answers_url(producer_id, params.get("agent_type", ""), params.get("back", ""))


def _licensing(action: LicenseAction) -> Place:
    def place(params: Params, producer_id: int) -> str:
        said = {name: params.get(name) for name in ("state", "category", "agent_type")}
        return address("appointments:license_request", producer_id, action=action.value, **said)

    return place


PLACES: Final[Mapping[str, tuple[Place, str]]] = {
    "add_rule": (_state_rule, "rulebook.add_staterule"),
    "set_line_categories": (_line, "rulebook.add_lineofauthority"),
    "edit_business_rules": (_business_rules, access.CHANGE_RULES),
    "add_company": (_new_company, access.ADD_COMPANIES),
    "edit_company": (_company, access.CHANGE_COMPANIES),
    "open_company_state": (_company, access.CHANGE_COMPANIES),
    "edit_assignment": (_assignment, ASSIGN),
    "activate_tracking": (_tab("licenses"), CHANGE_PRODUCERS),
    "sync": (_tab("licenses"), SYNC_PRODUCERS),
    "see_why_inactive": (_tab("licenses"), ""),
    "complete_producer": (_edit_producer, CHANGE_PRODUCERS),
    "give_answers": (_answers, access.PREPARE),
    "apply": (_licensing(LicenseAction.APPLY), access.PREPARE),
    "add_line": (_licensing(LicenseAction.AMEND), access.PREPARE),
    "renew": (_licensing(LicenseAction.RENEW), access.PREPARE),
    "renew_late": (_licensing(LicenseAction.RENEW_LATE), access.PREPARE),
    "reinstate": (_licensing(LicenseAction.REINSTATE), access.PREPARE),
    "renew_or_apply": (_licensing(LicenseAction.RENEW), access.PREPARE),
    "choose_reason": (_terminate, access.PREPARE),
    "choose_date": (_terminate, access.PREPARE),
    "clear_date": (_terminate, access.PREPARE),
    "attach_documents": (_papers, access.PREPARE),
    "open_transaction": (_transaction, access.VIEW_TRANSACTIONS),
}
"""Where a decision's fix is done, and the right that it takes. A code that is not here is told in words."""


def _entry(code: str, params: Params) -> tuple[Place, str]:
    """The place of a code. An address comes from the registry alone, and is not typed into the producer's record."""
    gone = [name for name in params.get("missing", ()) if name not in ANSWERS]
    if code == "complete_producer" and gone[:1] == ["address"]:
        return PLACES["sync"]
    return PLACES.get(code, (_nowhere, ""))
