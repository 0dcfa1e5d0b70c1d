"""Why a cell is what it is: its decisions as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from appointments.views.decisions import DrawnDecision, drawn
from core.accounts.models import User
from scorecards.doing import fix_of
from scorecards.enums import Action
from scorecards.grid import CellDict, DrawnCell, draw
from scorecards.models import Scorecard
from scorecards.wording import NEXT_STEPS


@dataclass(frozen=True, slots=True)
class Why:
    """The panel of one cell."""

    drawn: DrawnCell
    state: str
    company: str
    decisions: list[DrawnDecision]
    next_step: str
    because: str


def why(
    cell: CellDict, scorecard: Scorecard, states: Mapping[str, str], companies: Mapping[str, str], user: User
) -> Why:
    title, because = _next_step(cell)
    return Why(
        drawn=draw(cell),
        state=states.get(cell["state"], cell["state"]),
        company=companies.get(cell["cocode"], cell["cocode"]),
        decisions=[drawn_decision(decision, scorecard, user) for decision in cell["decisions"]],
        next_step=title,
        because=because,
    )


def _next_step(cell: CellDict) -> tuple[str, str]:
    """What to do about the cell, and why. A blocked one is told by what blocks it."""
    if cell["action"] == Action.FIX:
        blocker = cell["decisions"][-1]
        return (blocker["fix"] or {}).get("text", "Put in order what blocks it"), blocker["text"]
    return NEXT_STEPS.get(cell["action"], ("Nothing to do", "It is as the assignment asks."))


def drawn_decision(decision: Mapping[str, Any], scorecard: Scorecard, user: User) -> DrawnDecision:
    return drawn(decision, fix_of(decision["fix"], scorecard, user))
