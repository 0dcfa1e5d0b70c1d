"""How the cells of a scorecard are kept: each different decision once, cells as short rows that point at them.

The whole is JSON, compressed: state rules repeat their sources in every decision, and pack to a twelfth.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from rulebook.decision import Decision, json_safe

if TYPE_CHECKING:
    from scorecards.scoring import Cell, ScoreResult

LEVEL = 3
"""Level 6 saves another sixth of the room for twice the time."""

THE_DAY = frozenset({"as_of", "on"})
"""The day an answer is for is the scorecard's: kept in every decision, it would change each of them every night."""

CellRow = Sequence[Any]
"""``[kind, state, category, cocode, status, action, [place of a decision, ...]]``"""


@dataclass(frozen=True)
class Sheet:
    """Cells, the decisions they point at, and what is held outside the assignment."""

    rows: list[CellRow]
    decisions: list[dict[str, Any]]
    outside: list[dict[str, Any]]

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        """Every cell as the API tells it, its decisions in full; cells share them."""
        full = [Decision.from_dict(decision).as_dict() for decision in self.decisions]
        return [
            {
                "kind": kind,
                "state": state,
                "loa_category": category,
                "cocode": cocode,
                "status": status,
                "action": action,
                "decisions": [full[place] for place in places],
            }
            for kind, state, category, cocode, status, action, places in self.rows
        ]


def cell_as_dict(cell: Cell) -> dict[str, Any]:
    """A cell that was never packed, as the API tells it."""
    return {
        "kind": cell.kind.value,
        "state": cell.state,
        "loa_category": cell.category,
        "cocode": cell.cocode,
        "status": cell.status.value,
        "action": cell.action.value,
        "decisions": [decision.as_dict() for decision in cell.decisions],
    }


EMPTY = Sheet([], [], [])


def pack(result: ScoreResult) -> tuple[bytes, str]:
    """The result as it is stored, and a digest of its content.

    Decisions are shared values: that two cells hold the same object is enough to keep it once.
    """
    places: dict[int, int] = {}
    decisions: list[dict[str, Any]] = []

    def place(decision: Decision) -> int:
        found = places.get(id(decision))
        if found is None:
            found = places[id(decision)] = len(decisions)
            decisions.append(_sparse(decision))
        return found

    cells = [
        [
            cell.kind,
            cell.state,
            cell.category,
            cell.cocode,
            cell.status,
            cell.action,
            [place(decision) for decision in cell.decisions],
        ]
        for cell in result.cells
    ]
    outside = [entry.as_dict() for entry in result.outside]
    text = json.dumps([cells, decisions, outside], separators=(",", ":"), default=json_safe).encode()
    return zlib.compress(text, LEVEL), blake2b(text, digest_size=16).hexdigest()


def unpack(packed: bytes | memoryview) -> Sheet:
    return Sheet(*json.loads(zlib.decompress(packed)))


def _sparse(decision: Decision) -> dict[str, Any]:
    """The decision without what is empty."""
    kept: dict[str, Any] = {"rule": decision.rule, "outcome": decision.outcome, "text": decision.text}
    if facts := _undated(decision.facts):
        kept["facts"] = facts
    if decision.source:
        kept["source"] = decision.source
    if decision.effective_from:
        kept["effective_from"] = decision.effective_from
    if decision.effective_to:
        kept["effective_to"] = decision.effective_to
    if decision.confidence:
        kept["confidence"] = decision.confidence
    if decision.override:
        kept["override"] = True
    if decision.fix:
        fix = decision.fix
        kept["fix"] = {"code": fix.code, "text": fix.text, "params": _undated(fix.params)}
    return kept


def _undated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in THE_DAY}
