"""Why a transaction was judged as it was: its stored decisions as a person reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_date

from appointments import access
from appointments.models import Company, Transaction
from appointments.selectors.transactions import number_in
from core.access import has_right, right_label
from core.accounts.models import User
from producers.access import ASSIGN, CHANGE_PRODUCERS, SYNC_PRODUCERS
from rulebook.decision import Outcome
from rulebook.rules.appointment_eligibility import Reason
from rulebook.rules.vocabulary import Confidence

LOOKS: dict[str, tuple[str, str, str]] = {
    Outcome.PASS: ("Yes", "check_circle", "good"),
    Outcome.FAIL: ("No", "cancel", "bad"),
    Outcome.UNKNOWN: ("Not known", "help", "warn"),
    Outcome.INFO: ("Note", "info", "info"),
}
"""Words, icon and colour of an outcome: each is understood alone."""

NO_HARM = ("No", "remove", "quiet")
"""A no beside “in good standing” answered a question and stood in nobody's way."""

LABELS = {
    "loa": "Line",
    "loa_code": "Line code",
    "cocode": "CoCode",
    "npn": "NPN",
    "expiration_date": "Expires",
    "license_number": "License",
    "license_numbers": "Licenses",
    "number": "Number",
}


@dataclass(frozen=True, slots=True)
class Fix:
    """What would mend it: a button where there is a page for it, else words. ``refusal``: the right it lacks."""

    text: str
    url: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One decision: outcome, sentence, the state rule behind it, the facts, and what would mend it."""

    rule: str
    word: str
    icon: str
    tone: str
    text: str
    facts: list[tuple[str, Any]]
    source: str
    effective_from: date | None
    effective_to: date | None
    confidence: str
    override: bool
    fix: Fix | None


def reasons(transaction: Transaction, user: User) -> list[Shown]:
    """The decisions in the order in which they were made, with the buttons that this person may press."""
    return [_shown(decision, transaction, user) for decision in transaction.decisions]


def _shown(decision: Mapping[str, Any], transaction: Transaction, user: User) -> Shown:
    word, icon, tone = _look(decision, transaction)
    facts = [(_label(name), _value(value)) for name, value in (decision.get("facts") or {}).items()]
    confidence = decision.get("confidence") or ""
    return Shown(
        rule=decision.get("rule", ""),
        word=word,
        icon=icon,
        tone=tone,
        text=decision.get("text", ""),
        facts=[(label, value) for label, value in facts if value not in (None, "", [])],
        source=decision.get("source") or "",
        effective_from=_date(decision.get("effective_from")),
        effective_to=_date(decision.get("effective_to")),
        confidence=Confidence(confidence).label if confidence in set(Confidence) else confidence,
        override=bool(decision.get("override")),
        fix=_fix(decision.get("fix"), transaction, user),
    )


def _look(decision: Mapping[str, Any], transaction: Transaction) -> tuple[str, str, str]:
    outcome = decision.get("outcome", "")
    if outcome == Outcome.FAIL and transaction.eligibility_reason == Reason.IN_GOOD_STANDING:
        return NO_HARM
    return LOOKS.get(outcome, LOOKS[Outcome.INFO])


Params = Mapping[str, Any]
Place = Callable[[Params, Transaction], str]


def _state_rule(params: Params, transaction: Transaction) -> str:
    return _address("rulebook:change_rule", params["state"], params["field"])


def _line(params: Params, transaction: Transaction) -> str:
    return _address("rulebook:change_line", params["state"], params["loa_code"])


def _company(params: Params, transaction: Transaction) -> str:
    cocode = params.get("cocode") or transaction.cocode
    pk = Company.objects.filter(cocode=cocode).values_list("pk", flat=True).first()
    return _address("appointments:company", pk) if pk else _address("appointments:companies")


def _new_company(params: Params, transaction: Transaction) -> str:
    return _address("appointments:company_new")


def _tab(name: str) -> Place:
    def place(params: Params, transaction: Transaction) -> str:
        return f"{reverse('producers:page', args=[transaction.producer_id])}?tab={name}"

    return place


def _other(params: Params, transaction: Transaction) -> str:
    kind, number = number_in(str(params.get("number", "")))
    return _address("appointments:transaction", number) if kind == "GT" else ""


def _edit_producer(params: Params, transaction: Transaction) -> str:
    return _address("producers:edit", transaction.producer_id)


def _business_rules(params: Params, transaction: Transaction) -> str:
    return _address("appointments:business_rules_state", params.get("state") or transaction.state)


def _terminate(params: Params, transaction: Transaction) -> str:
    return _address("appointments:terminate", transaction.producer_id)


def _licensing(params: Params, transaction: Transaction) -> str:
    """Where licenses are asked for; where this installation has no such page, the licenses held."""
    url = _address("appointments:license_request", transaction.producer_id)
    return f"{url}?state={transaction.state}" if url else _tab("licenses")(params, transaction)


def _papers(params: Params, transaction: Transaction) -> str:
    return f"{transaction.get_absolute_url()}#papers"


PLACES: dict[str, tuple[Place, str]] = {
    "add_rule": (_state_rule, "rulebook.add_staterule"),
    "set_line_categories": (_line, "rulebook.add_lineofauthority"),
    "edit_business_rules": (_business_rules, access.CHANGE_RULES),
    "add_company": (_new_company, access.ADD_COMPANIES),
    "edit_company": (_company, access.CHANGE_COMPANIES),
    "open_company_state": (_company, access.CHANGE_COMPANIES),
    "edit_assignment": (_tab("assignments"), ASSIGN),
    "activate_tracking": (_tab("licenses"), CHANGE_PRODUCERS),
    "sync": (_tab("licenses"), SYNC_PRODUCERS),
    "complete_producer": (_edit_producer, CHANGE_PRODUCERS),
    "see_why_inactive": (_tab("licenses"), ""),
    "apply": (_licensing, access.PREPARE),
    "add_line": (_licensing, access.PREPARE),
    "renew": (_licensing, access.PREPARE),
    "renew_late": (_licensing, access.PREPARE),
    "reinstate": (_licensing, access.PREPARE),
    "renew_or_apply": (_licensing, access.PREPARE),
    "choose_reason": (_terminate, access.PREPARE),
    "choose_date": (_terminate, access.PREPARE),
    "clear_date": (_terminate, access.PREPARE),
    "attach_documents": (_papers, access.PREPARE),
    "open_transaction": (_other, access.VIEW_TRANSACTIONS),
}
"""Where a decision's fix is done. A code that is not here is told in words."""


def _fix(fix: Mapping[str, Any] | None, transaction: Transaction, user: User) -> Fix | None:
    if not fix:
        return None
    place, right = PLACES.get(fix["code"], (None, ""))
    refusal = "" if has_right(user, right) else f"needs the right “{right_label(right)}”"
    return Fix(fix["text"], place(fix.get("params") or {}, transaction) if place else "", refusal)


def _address(name: str, *args: Any) -> str:
    """The address; nothing where the value fits no address."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _label(name: str) -> str:
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def _value(value: Any) -> Any:
    """A fact as people read it: dates as dates, lists with commas."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(str(item).replace("_", " ") for item in value)
        case dict():
            return ", ".join(f"{_label(name)} {_value(each)}" for name, each in value.items())
        case str():
            return _date(value) or value
    return value


def _date(text: Any) -> date | None:
    """The date that a text is, if it is one: facts are stored as JSON."""
    if not isinstance(text, str) or len(text) != 10:
        return None
    try:
        return parse_date(text)
    except ValueError:
        return None
