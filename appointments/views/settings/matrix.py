"""The lines the organisation does business in, as a matrix of lines by states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from appointments.models import GatewayBusinessRule
from appointments.services.settings import known_lines
from producers.states import state_names
from rulebook.rules.book import RuleBook
from rulebook.selectors import load_rule_book

ON, OFF, KNOWN, ABSENT = "on", "off", "known", ""
WORDS = {ON: "active", OFF: "switched off", KNOWN: "not taken over", ABSENT: "not known there"}


@dataclass(slots=True)
class LineRow:
    """One line and how it stands in each state."""

    code: str
    name: str
    cells: list[tuple[str, str, str]] = field(default_factory=list)
    """State, standing, and both in words."""

    @property
    def active(self) -> int:
        return sum(cell[1] == ON for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The rows, and the states they go over."""

    states: list[tuple[str, str]]
    rows: list[LineRow]


def matrix(category: str, agent_type: str) -> Matrix:
    """The lines of a category (empty: of all) by state: two queries."""
    book, names = load_rule_book(), state_names()
    set_here = {
        (state, code): active
        for state, code, active in GatewayBusinessRule.objects.filter(agent_type=agent_type).values_list(
            "state", "loa_code", "active"
        )
    }
    known = {state: set(known_lines.codes(book, state, agent_type)) for state in names}
    found: dict[str, LineRow] = {}
    for state in names:
        codes = known[state] | {code for place, code in set_here if place == state}
        for code in codes:
            line = book.line(state, code)
            if not category or category in line.categories:
                found.setdefault(code, LineRow(code, line.name or f"Line {code}"))
    for row in found.values():
        row.cells = [_cell(state, row, set_here, known, names) for state in sorted(names)]
    ordered = sorted(found.values(), key=lambda row: (-_there(row.cells), row.name, row.code))
    return Matrix(sorted(names.items()), ordered)


def _cell(
    state: str,
    row: LineRow,
    set_here: dict[tuple[str, str], bool],
    known: dict[str, set[str]],
    names: dict[str, str],
) -> tuple[str, str, str]:
    active = set_here.get((state, row.code))
    not_set = KNOWN if row.code in known[state] else ABSENT
    standing = not_set if active is None else ON if active else OFF
    return state, standing, f"{row.name} in {names[state]}: {WORDS[standing]}"


def _there(cells: Iterable[tuple[str, str, str]]) -> int:
    return sum(cell[1] != ABSENT for cell in cells)


def line_name(book: RuleBook, state: str, code: str) -> str:
    """A line as the rule book names it."""
    return book.line(state, code).name or f"Line {code}"
