"""What became of each row, as a file; the one of the failed rows is ready to be mended and uploaded again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from core.actor import Actor
from core.audit import services as audit
from core.imports.blanks import TEMPLATE_SHEET
from core.imports.models import ImportRow, ImportRun
from core.imports.selectors import FAILED_ROWS
from core.imports.types import upload_named

AT_ONCE: Final = 1000
REASON: Final = "reason"
UPLOAD_ROW: Final = "upload_row"
"""Columns that any file may have: uploaded again, they are recognised."""

Line = list[str]


@dataclass(frozen=True, slots=True)
class OutcomeFile:
    """What stands in the file, and what it and its sheet are called, whoever takes it away."""

    name: str
    """Without the ending."""
    sheet: str
    header: Sequence[str]
    rows: Iterator[Line]


def file_of(run: ImportRun, failed_only: bool) -> OutcomeFile:
    """The file of all rows, or of the failed ones, which is a template that is filled in."""
    header, rows = outcome_rows(run, failed_only)
    if failed_only:
        return OutcomeFile(f"upload-{run.pk}-failed-rows", TEMPLATE_SHEET, header, rows)
    return OutcomeFile(f"upload-{run.pk}-rows", "Rows", header, rows)


def record_taken(run: ImportRun, failed_only: bool, kind: str, *, actor: Actor) -> None:
    """Record who took the file away."""
    taken = {"rows": [None, "failed" if failed_only else "all"], "format": [None, kind]}
    with transaction.atomic():
        audit.record("upload.exported", actor=actor, subject=run, changes=taken)


def outcome_rows(run: ImportRun, failed_only: bool) -> tuple[list[str], Iterator[Line]]:
    """Header and rows, read from the database as they are asked for.

    Of all rows: number, outcome, state and reasons, then the cells. Of the failed rows: the cells first, in the order
    of the template, so that the file uploads again as it is. Of secrets there are the last four characters.
    """
    columns = list(upload_named(run.type).resource.columns)
    extra = list(dict.fromkeys(run.unknown_columns))
    cells = [*columns, *extra]
    if failed_only:
        return [*cells, REASON, UPLOAD_ROW], (
            [*_cells(row, columns, extra), _reason(row), _place(row)] for row in _rows(run, FAILED_ROWS)
        )
    return ["row", "outcome", "state", REASON, *cells, UPLOAD_ROW], (
        [
            str(row.number),
            row.outcome,
            row.state,
            _reason(row),
            *_cells(row, columns, extra),
            _place(row),
        ]
        for row in _rows(run, Q())
    )


def _rows(run: ImportRun, which: Q) -> Iterator[ImportRow]:
    """Rows by number, some at a time: an answer that is read slowly holds no cursor open."""
    last = -1
    wanted = run.rows.filter(which).only("run", "number", "cells", "extra", "outcome", "state", "problems")
    while True:
        page = list(wanted.filter(number__gt=last).order_by("number")[:AT_ONCE])
        yield from page
        if len(page) < AT_ONCE:
            return
        last = page[-1].number


def _cells(row: ImportRow, columns: Sequence[str], extra: Sequence[str]) -> Line:
    return [*(_text(row.cells, name) for name in columns), *(_text(row.extra, name) for name in extra)]


def _text(cells: dict[str, Any], name: str) -> str:
    return str(cells.get(name) or "")


def _reason(row: ImportRow) -> str:
    """Every sentence about the row, errors first."""
    said = [*row.problems_of("error"), *row.problems_of("warning")]
    return " ".join(_sentence(each) for each in said)


def _sentence(problem: dict[str, Any]) -> str:
    column = problem["column"]
    message = str(problem["message"])
    return f"{column}: {message}" if column and not message.startswith(column) else message


def _place(row: ImportRow) -> str:
    return f"{row.run_id}:{row.number}"
