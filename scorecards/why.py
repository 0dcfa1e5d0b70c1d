"""Why a cell is what it is: its decisions as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date

from rulebook.rules.vocabulary import Confidence
from scorecards.enums import Action
from scorecards.fixes import FixLink, fix_link
from scorecards.grid import CellDict, DrawnCell, draw
from scorecards.models import Scorecard
from scorecards.wording import NEXT_STEPS, OUTCOMES, Look, fact_label

NOT_FACTS = frozenset({"rule", "text"})


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


@dataclass(frozen=True, slots=True)
class Why:
    """The panel of one cell."""

    drawn: DrawnCell
    state: str
    company: str
    decisions: list[DrawnDecision]
    next_step: str
    because: str


def why(cell: CellDict, scorecard: Scorecard, states: Mapping[str, str], companies: Mapping[str, str]) -> Why:
    title, because = _next_step(cell)
    return Why(
        drawn=draw(cell),
        state=states.get(cell["state"], cell["state"]),
        company=companies.get(cell["cocode"], cell["cocode"]),
        decisions=[drawn_decision(decision, scorecard) for decision in cell["decisions"]],
        next_step=title,
        because=because,
    )


def _next_step(cell: CellDict) -> tuple[str, str]:
    """What to do about the cell, and why. A blocked one is told by what blocks it."""
    if cell["action"] == Action.FIX:
        blocker = cell["decisions"][-1]
        return (blocker["fix"] or {}).get("text", "Put in order what blocks it"), blocker["text"]
    return NEXT_STEPS.get(cell["action"], ("Nothing to do", "It is as the assignment asks."))


def drawn_decision(decision: Mapping[str, Any], scorecard: Scorecard) -> DrawnDecision:
    facts = ((fact_label(name), value) for name, value in decision["facts"].items() if name not in NOT_FACTS)
    return DrawnDecision(
        rule=decision["rule"],
        look=OUTCOMES[decision["outcome"]],
        text=decision["text"],
        facts=[(label, _shown(value)) for label, value in facts if value not in (None, "", [])],
        source=decision["source"],
        effective_from=_date(decision["effective_from"]),
        effective_to=_date(decision["effective_to"]),
        # An override is told by its badge, its author and its reason.
        confidence="" if decision["override"] else _confidence(decision["confidence"]),
        override=decision["override"],
        fix=fix_link(decision["fix"], scorecard),
    )


def _confidence(code: str) -> str:
    return Confidence(code).label if code in set(Confidence) else code


def _shown(value: Any) -> Any:
    """A fact as people read it: dates as dates, lists with commas."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(str(item).replace("_", " ") for item in value)
        case str():
            return _date(value) or value
    return value


def _date(text: str | None) -> date | None:
    """The date that a text is, if it is one: facts are stored as JSON."""
    if not text or len(text) != 10:
        return None
    try:
        return parse_date(text)
    except ValueError:
        return None
