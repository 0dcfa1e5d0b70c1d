"""The grid as it is drawn: states by categories, each cell with its look and the one date that matters in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from appointments.views.decisions import Look
from rulebook.rules.wording import day
from scorecards.enums import Action
from scorecards.packing import Sheet
from scorecards.wording import BLOCKERS, NEXT_STEPS, SHORT_REASONS, category_label, look

CellDict = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """One cell as it is drawn."""

    cell: CellDict
    look: Look
    note: str
    unknown: bool

    @property
    def key(self) -> str:
        """The cell in an address: ``license.CA.life`` or ``appointment.CA.life.77001``."""
        return cell_key(self.cell)

    @property
    def category(self) -> str:
        return category_label(self.cell["loa_category"])

    @property
    def to_do(self) -> bool:
        return bool(self.cell["action"])


@dataclass(frozen=True, slots=True)
class Row:
    """A state with its cells in the order of the columns."""

    state: str
    name: str
    cells: list[DrawnCell]


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: licenses, or the appointments by one company."""

    key: str
    label: str
    columns: list[str]
    rows: list[Row]

    @property
    def to_do(self) -> int:
        return sum(cell.to_do for row in self.rows for cell in row.cells)


@dataclass(slots=True)
class NextStep:
    """One thing to do, why, and where: states with their categories."""

    action: str
    title: str
    why: str
    tone: str
    icon: str
    places: dict[str, list[str]] = field(default_factory=dict)
    fixes: list[Mapping[str, Any]] = field(default_factory=list)
    asked: list[CellDict] = field(default_factory=list)

    @property
    def cells(self) -> int:
        return len(self.asked)

    def add(self, cell: CellDict) -> None:
        self.places.setdefault(cell["state"], []).append(category_label(cell["loa_category"]))
        self.asked.append(cell)
        fix = cell["decisions"][-1]["fix"]
        if fix and fix not in self.fixes:
            self.fixes.append(fix)


LICENSES = "licenses"


def grids(sheet: Sheet, states: Mapping[str, str], companies: Mapping[str, str]) -> list[Grid]:
    """The license grid, then one a company."""
    by_grid: dict[str, list[DrawnCell]] = {LICENSES: []}
    for cell in sheet.cells:
        by_grid.setdefault(cell["cocode"] or LICENSES, []).append(draw(cell))
    return [
        Grid(key, companies.get(key) or ("Licenses" if key == LICENSES else key), *_table(cells, states))
        for key, cells in by_grid.items()
        if cells or key == LICENSES
    ]


def _table(cells: Iterable[DrawnCell], states: Mapping[str, str]) -> tuple[list[str], list[Row]]:
    rows: dict[str, list[DrawnCell]] = {}
    columns: dict[str, None] = {}
    for drawn in cells:
        rows.setdefault(drawn.cell["state"], []).append(drawn)
        columns[drawn.category] = None
    return list(columns), [Row(state, states.get(state, state), row) for state, row in rows.items()]


def draw(cell: CellDict) -> DrawnCell:
    unknown = any(decision["outcome"] == "unknown" for decision in cell["decisions"])
    return DrawnCell(cell, look(cell["kind"], cell["status"]), _note(cell), unknown)


DATED = {
    "licensed": ("until", "expiration_date"),
    "renew": ("by", "expiration_date"),
    "late_renewal": ("until", "until"),
    "reinstate": ("until", "until"),
    "expired": ("since", "expiration_date"),
    "appointed": ("since", "status_date"),
}
"""The date that matters in a status, and the word before it."""


def _note(cell: CellDict) -> str:
    """The date or the reason that fits into a cell."""
    status = cell["status"]
    if status == "blocked":
        return SHORT_REASONS.get(cell["decisions"][-1]["rule"], "")
    if status not in DATED:
        return ""
    word, name = DATED[status]
    when = _fact(cell, name)
    if when:
        return f"{word} {when}"
    return "does not expire" if status == "licensed" else ""


def _fact(cell: CellDict, name: str) -> str:
    """A date among the facts of the cell's decisions, the last one first: it is the one that decided."""
    values = (decision["facts"].get(name) for decision in reversed(cell["decisions"]))
    return next((day(date.fromisoformat(value)) for value in values if value), "")


def cell_key(cell: CellDict) -> str:
    parts = (cell["kind"], cell["state"], cell["loa_category"], cell["cocode"])
    return ".".join(part for part in parts if part)


def find_cell(sheet: Sheet, key: str) -> CellDict | None:
    return next((cell for cell in sheet.cells if cell_key(cell) == key), None)


def next_steps(sheet: Sheet, key: str) -> list[NextStep]:
    """What to do in one grid, the most urgent first. Blocked appointments are told by what blocks them."""
    steps: dict[tuple[str, str], NextStep] = {}
    for cell in sheet.cells:
        if cell["action"] and (cell["cocode"] or LICENSES) == key:
            _step_of(cell, steps).add(cell)
    urgency = {action: rank for rank, action in enumerate(NEXT_STEPS)}
    return sorted(steps.values(), key=lambda step: (urgency[step.action], -step.cells))


def _step_of(cell: CellDict, steps: dict[tuple[str, str], NextStep]) -> NextStep:
    action, drawn = cell["action"], look(cell["kind"], cell["status"])
    title, why = NEXT_STEPS[action]
    rule = cell["decisions"][-1]["rule"] if action == Action.FIX else ""
    if rule:
        title, why = BLOCKERS.get(rule, title), ""
    return steps.setdefault((action, rule), NextStep(action, title, why, drawn.tone, drawn.icon))
