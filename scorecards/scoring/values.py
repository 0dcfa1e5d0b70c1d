"""What scoring gives back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from rulebook.decision import Decision, json_safe
from scorecards.enums import Action, AppointmentCellStatus, CellKind, LicenseCellStatus

CellStatus = LicenseCellStatus | AppointmentCellStatus
HUNDRED = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Cell:
    """One state x category, x company for appointments, with the decisions that explain it."""

    kind: CellKind
    state: str
    category: str
    cocode: str
    status: CellStatus
    action: Action
    decisions: tuple[Decision, ...]


class OutsideKind(StrEnum):
    """Why a license that is held does not show, or shows without anything to do."""

    NOT_ASKED = "not_asked"
    NOT_YET_RENEWABLE = "not_yet_renewable"


class OutsideReason(StrEnum):
    STATE = "state"
    CATEGORY = "category"
    AGENT_TYPE = "agent_type"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class OutsideEntry:
    """A license under the grid: why it is not in it, what would put it there, or when it can be renewed."""

    kind: OutsideKind
    reason: OutsideReason
    state: str
    license_number: str
    license_class: str
    agent_type: str
    text: str
    in_force: bool
    expiration_date: date | None = None
    opens_on: date | None = None
    adds: Mapping[str, Any] = field(default_factory=dict)
    """What the button would add to the assignment: ``states``, ``loa_categories``, or a new ``agent_type``."""
    decisions: tuple[Decision, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "reason": self.reason.value,
            "state": self.state,
            "license_number": self.license_number,
            "license_class": self.license_class,
            "agent_type": self.agent_type,
            "text": self.text,
            "in_force": self.in_force,
            "expiration_date": json_safe(self.expiration_date),
            "opens_on": json_safe(self.opens_on),
            "adds": json_safe(self.adds),
            "decisions": [decision.as_dict() for decision in self.decisions],
        }


@dataclass(frozen=True, slots=True)
class Figures:
    """What lists and dashboards show. Nothing to count gives no percentage, not 100."""

    license_cells: int = 0
    licensed: int = 0
    appointment_cells: int = 0
    """Without those that need no appointment."""
    appointed: int = 0
    to_do: int = 0

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Self:
        counts = dict.fromkeys(("license_cells", "licensed", "appointment_cells", "appointed", "to_do"), 0)
        for cell in cells:
            counts["to_do"] += cell.action is not Action.NONE
            if cell.kind is CellKind.LICENSE:
                counts["license_cells"] += 1
                counts["licensed"] += cell.status in (LicenseCellStatus.LICENSED, LicenseCellStatus.RENEW)
            elif cell.status is not AppointmentCellStatus.NOT_REQUIRED:
                counts["appointment_cells"] += 1
                counts["appointed"] += cell.status is AppointmentCellStatus.APPOINTED
        return cls(**counts)

    @property
    def licensed_percent(self) -> Decimal | None:
        return _percent(self.licensed, self.license_cells)

    @property
    def appointed_percent(self) -> Decimal | None:
        return _percent(self.appointed, self.appointment_cells)


def _percent(part: int, whole: int) -> Decimal | None:
    return (HUNDRED * part / whole).quantize(CENT) if whole else None


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """A whole scorecard as of a day."""

    as_of: date
    cells: tuple[Cell, ...]
    outside: tuple[OutsideEntry, ...]
    figures: Figures
    next_change_on: date | None
    """The next day on which the calendar alone may change a cell."""
