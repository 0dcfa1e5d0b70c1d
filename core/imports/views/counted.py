"""How many rows of an upload are what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from core.imports.enums import WORTH_PROCESSING, Outcome, RowState
from core.imports.models import ImportRun
from core.imports.selectors import failed_rows, row_counts

MOST_SKIPPED = 1000
"""Rows whose reasons are counted."""
MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows by outcome and by state. ``waiting`` would be processed now."""

    outcomes: dict[str, int]
    states: dict[str, int]
    faulty: int
    waiting: int

    @property
    def all(self) -> int:
        """Every row."""
        return sum(self.outcomes.values())

    @property
    def done(self) -> int:
        """Rows that were carried out."""
        return self.states.get(RowState.DONE, 0)

    @property
    def failed(self) -> int:
        """Rows that were to be carried out and could not be."""
        return self.states.get(RowState.FAILED, 0)

    @property
    def undone(self) -> int:
        """Rows that were taken back."""
        return self.states.get(RowState.UNDONE, 0)

    @property
    def errors(self) -> int:
        """Rows that cannot be processed as they are."""
        return self.outcomes.get(Outcome.ERROR, 0)

    @property
    def skipped(self) -> int:
        """Rows that processing passes over."""
        return self.outcomes.get(Outcome.SKIPPED, 0)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why rows are skipped: the commonest reasons, each with how many rows it holds for."""

    reasons: list[tuple[int, str]]
    further: int
    looked_at: int
    cut: bool


def skipped(run: ImportRun, count: Counted) -> Skipped | None:
    """The reasons of the first thousand rows that are skipped; None when there are none."""
    if not count.skipped:
        return None
    found = run.rows.filter(outcome=Outcome.SKIPPED).order_by("number").values_list("problems", flat=True)
    reasons: Counter[str] = Counter()
    for problems in found[:MOST_SKIPPED]:
        reasons.update({problem["message"] for problem in problems})
    shown = [(rows, reason) for reason, rows in reasons.most_common(MOST_REASONS)]
    further = len(reasons) - len(shown)
    return Skipped(shown, further, MOST_SKIPPED, count.skipped > MOST_SKIPPED) if shown else None


def counted(run: ImportRun) -> Counted:
    """The rows as they stand now."""
    found = row_counts(run)
    waiting = run.rows.filter(outcome__in=WORTH_PROCESSING, state=RowState.WAITING).count()
    return Counted(found["outcomes"], found["states"], failed_rows(run).count(), waiting)
