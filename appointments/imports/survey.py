"""What the rows of a file ask for, by whom it is about: rows of one producer and company are judged together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.imports.enums import SETTLED, Outcome
from core.imports.rows import UploadRow
from core.imports.types import Survey
from producers.imports.widgets import ALL_STATES

STATES_AT_MOST = 60
"""What ALL may come to."""
Place = tuple[str, str]
"""NPN and CoCode."""
Said = tuple[str, str, str]
"""Something to be said about a row: its column or blank, a code, the sentence."""


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A row of a file as values. Thousands are kept at once, so it holds no more than it has to."""

    number: int
    npn: str
    cocode: str
    states: tuple[str, ...]
    lines: tuple[str, ...]
    """None, in a termination: the appointment that names no line."""
    agent_type: str
    reason: str
    effective_date: date | None
    external_id: str

    @property
    def place(self) -> Place:
        return self.npn, self.cocode

    @property
    def everywhere(self) -> bool:
        """Whether it says ALL instead of states."""
        return self.states == ALL_STATES

    @property
    def content(self) -> tuple[Any, ...]:
        """Equal for rows that ask for the same in the same words."""
        return self.states, self.lines, self.agent_type, self.reason, self.effective_date


@dataclass(slots=True)
class Told:
    """How a row was judged."""

    outcome: Outcome
    faults: list[Said] = field(default_factory=list)
    warnings: list[Said] = field(default_factory=list)
    changes: dict[str, list[str]] = field(default_factory=dict)
    foreseen: dict[str, int] = field(default_factory=dict)

    def put_on(self, row: UploadRow) -> None:
        """Say it of the row."""
        row.outcome = self.outcome
        row.changes = self.changes
        row.foreseen = self.foreseen
        for column, code, message in self.faults:
            row.fault(column, code, message)
        for column, code, message in self.warnings:
            row.warn(column, code, message)


class RequestsSurvey(Survey):
    """Every row that asks for something, by producer and company, until it has been judged.

    A row far down in the file may ask for the same as the first one, or share its batch and so its fee. The rows of a
    producer and company are therefore judged together when the first of them is reached; what was found of the later
    ones waits here until they are.
    """

    def __init__(self, asked: Callable[[UploadRow, dict[Any, Any]], AskedRow | None]) -> None:
        self.told: dict[int, Told] = {}
        self.requests = 0
        """How many the file asks for, at most."""
        self._asked = asked
        self._places: dict[Place, dict[int, AskedRow]] = {}
        self._same: dict[Any, Any] = {}

    def see(self, row: UploadRow) -> None:
        """Take note of a row that will be judged. What cannot be read, and what was processed, asks for nothing."""
        asked = self.asked(row)
        if asked is not None:
            self._places.setdefault(asked.place, {})[asked.number] = asked
            self.requests += STATES_AT_MOST if asked.everywhere else len(asked.states)

    def asked(self, row: UploadRow) -> AskedRow | None:
        """The row as values; None where it asks for nothing."""
        return None if row.faulty or row.state in SETTLED else self._asked(row, self._same)

    def lots(self, rows: Iterable[AskedRow]) -> list[list[AskedRow]]:
        """The rows of each producer and company that some rows are about, in the order of the file, given once."""
        found: dict[Place, dict[int, AskedRow]] = {}
        for row in rows:
            if row.number not in self.told:
                lot = found.setdefault(row.place, self._places.pop(row.place, {}))
                lot.setdefault(row.number, row)
        return [[lot[number] for number in sorted(lot)] for lot in found.values()]


def as_asked(row: UploadRow, lines_column: str, same: dict[Any, Any]) -> AskedRow:
    """A row that was read without fault. ``same`` lets equal values of many rows be one."""
    values = row.values

    def one(value: Any) -> Any:
        return same.setdefault(value, value)

    return AskedRow(
        number=row.number,
        npn=one(values["agent_npn"]),
        cocode=one(values["cocode"]),
        states=one(values["states"]),
        lines=one(values.get(lines_column, ())),
        agent_type=one(values.get("agent_type", "")),
        reason=one(values.get("termination_reason", "")),
        effective_date=one(values.get("effective_date")),
        external_id=values.get("external_id", ""),
    )
