"""How many rows of an upload are what."""

from __future__ import annotations

from dataclasses import dataclass

from core.imports.enums import WORTH_PROCESSING, Outcome, RowState
from core.imports.models import ImportRun
from core.imports.selectors import failed_rows, row_counts


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


def counted(run: ImportRun) -> Counted:
    """The rows as they stand now."""
    found = row_counts(run)
    waiting = run.rows.filter(outcome__in=WORTH_PROCESSING, state=RowState.WAITING).count()
    return Counted(found["outcomes"], found["states"], failed_rows(run).count(), waiting)
