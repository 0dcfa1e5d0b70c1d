"""A row while it is judged and processed."""

from __future__ import annotations

from typing import Any

from import_export.results import RowResult

from core.imports.enums import Outcome, RowState
from core.imports.resource import Problem, problem, warning


class UploadRow(RowResult):
    """django-import-export's row outcome, with what our engine knows besides.

    Types fill ``outcome``, ``label`` and ``changes`` when they judge, and ``effect`` when they write. A row with an
    error stays an error whatever ``outcome`` says.
    """

    def __init__(
        self,
        number: int,
        cells: dict[str, str],
        *,
        values: dict[str, Any],
        problems: list[Problem],
        extra: dict[str, str] | None = None,
        secrets: dict[str, str] | None = None,
        mended: bool = False,
        pk: int | None = None,
        state: str = RowState.WAITING,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.number = number
        self.pk = pk
        """Of its ImportRow, once it has one."""
        self.cells = cells
        """Texts by column, with secrets cut to their last four characters."""
        self.values = values
        """Cleaned values by column, secrets in full; absent for blank cells and for faulty ones."""
        self.problems = problems
        self.extra = extra or {}
        self.secrets = secrets or {}
        self.mended = mended
        self.state = state
        """Done and undone ones are seen by a survey, and otherwise left alone."""
        self.outcome: str = Outcome.SKIPPED
        self.label = ""
        self.changes: dict[str, list[str]] = {}
        self.effect: dict[str, Any] = {}
        self.judged_before: tuple[Any, ...] | None = None
        """What is on file of an earlier judgement: writing finds the same for most rows."""
        self.foreseen: dict[str, int] = {}
        """What it would cost and how much it would ask for, summed up over the upload."""

    @property
    def judged(self) -> tuple[Any, ...]:
        """What it was judged to be, as it stands now."""
        return self.outcome, self.label, self.changes, list(self.problems)

    @property
    def faulty(self) -> bool:
        """Whether it has an error."""
        return bool(self.problems) and any(each["level"] == "error" for each in self.problems)

    def fault(self, column: str, code: str, message: str) -> None:
        """Add an error about a cell, or about the row with a blank ``column``."""
        self.problems.append(problem(column, code, message, self.cells.get(column, "")))

    def warn(self, column: str, code: str, message: str) -> None:
        """Add a warning."""
        self.problems.append(warning(column, code, message, self.cells.get(column, "")))
