"""A stored decision as a person reads it: its outcome, sentence, facts, the state rule behind it, and what mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.dateparse import parse_date

from appointments.views.fixes import FixLink
from rulebook.decision import Outcome
from rulebook.rules.vocabulary import Confidence

_NOT_FACTS: Final = frozenset({"rule", "text"})
_LABELS: Final = {
    "category_not_known": "Lines without a known category",
    "closes": "Window closes",
    "cocode": "CoCode",
    "expiration_date": "Expires",
    "late_days": "Late renewal (days)",
    "license_number": "License",
    "license_numbers": "Licenses",
    "line_issue_date": "Line since",
    "loa": "Line",
    "loa_code": "Line code",
    "npn": "NPN",
    "opens": "Window opens",
    "status_date": "Since",
    "window_days": "Window (days)",
}


@dataclass(frozen=True, slots=True)
class Look:
    """A status as it is drawn: understood by its words, by its icon, and by its colour, each alone."""

    words: str
    icon: str
    tone: str
    """good, warn, bad, info, gap (something is missing) or quiet."""


OUTCOMES: Final[Mapping[str, Look]] = {
    Outcome.PASS: Look("Yes", "check_circle", "good"),
    Outcome.FAIL: Look("No", "cancel", "bad"),
    Outcome.UNKNOWN: Look("Not known", "help", "warn"),
    Outcome.INFO: Look("Note", "info", "info"),
}


@dataclass(frozen=True, slots=True)
class DrawnDecision:
    """One decision: its outcome, its sentence, the facts it rests on, and the state rule that was used."""

    rule: str
    look: Look
    text: str
    facts: list[tuple[str, Any]]
    source: str
    effective_from: date | None
    effective_to: date | None
    confidence: str
    override: bool
    fix: FixLink | None


def drawn(decision: Mapping[str, Any], fix: FixLink | None, look: Look | None = None) -> DrawnDecision:
    """A decision as it was stored; ``look`` where it is not that of its outcome."""
    named = (decision.get("facts") or {}).items()
    facts = [(fact_label(name), shown(value)) for name, value in named if name not in _NOT_FACTS]
    override = bool(decision.get("override"))
    return DrawnDecision(
        rule=decision.get("rule", ""),
        look=look or OUTCOMES.get(decision.get("outcome", ""), OUTCOMES[Outcome.INFO]),
        text=decision.get("text", ""),
        facts=[(label, value) for label, value in facts if value not in (None, "", [])],
        source=decision.get("source") or "",
        effective_from=_date(decision.get("effective_from")),
        effective_to=_date(decision.get("effective_to")),
        # An override is told by its badge, its author and its reason.
        confidence="" if override else _confidence(decision.get("confidence") or ""),
        override=override,
        fix=fix,
    )


def fact_label(name: str) -> str:
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def shown(value: Any) -> Any:
    """A fact as people read it: dates as dates, lists with commas."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(str(item).replace("_", " ") for item in value)
        case dict():
            return ", ".join(f"{fact_label(name)} {shown(each)}" for name, each in value.items())
        case str():
            return _date(value) or value
    return value


def _confidence(code: str) -> str:
    return Confidence(code).label if code in set(Confidence) else code


def _date(text: Any) -> date | None:
    """The date that a text is, if it is one: facts are stored as JSON."""
    if not isinstance(text, str) or len(text) != 10:
        return None
    try:
        return parse_date(text)
    except ValueError:
        return None
