"""The rows of an upload as its page shows them: what each would change, what is wrong with it, cells to mend."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from core.imports.enums import SETTLED, Outcome, RowState
from core.imports.models import ImportRow, ImportRun
from core.imports.resource import Column
from core.imports.types import upload_named
from core.imports.views.offers import Offers
from core.lists.cells import Badge, Tone, on_screen

OUTCOME_TONES: dict[str, Tone] = {
    Outcome.NEW: "success",
    Outcome.UPDATE: "info",
    Outcome.UNCHANGED: "neutral",
    Outcome.ERROR: "danger",
    Outcome.SKIPPED: "neutral",
}
STATE_TONES: dict[str, Tone] = {
    RowState.DONE: "success",
    RowState.FAILED: "danger",
    RowState.UNDONE: "warning",
}
LEADS_SHOWN = 3
"""Links of a row among other rows; its own page has all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that can be mended. Of a secret one ``value`` is blank and ``hint`` its last four characters."""

    column: str
    name: str
    value: str
    hint: str
    secret: bool
    help_text: str
    errors: list[str]
    warnings: list[str]
    offers: list[str]
    listed: bool
    """Whether its column accepts one of a short list."""

    @property
    def described_by(self) -> str:
        """Ids of what is said about the cell."""
        parts = [("error", self.errors), ("warning", self.warnings), ("hint", self.hint)]
        return " ".join(f"{self.name}-{part}" for part, said in parts if said)


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``errors`` and ``warnings`` are those that no cell shows, as ``(column, message, value)``."""

    row: ImportRow
    outcome: Badge
    state: Badge | None
    changes: list[tuple[str, str, str]]
    errors: list[tuple[str, str, str]]
    warnings: list[tuple[str, str, str]]
    faulty: list[Cell]
    others: list[Cell]
    changeable: bool
    """Whether something is said about it that its own page lets one mend."""
    was: str
    leads: list[tuple[str, str]]
    """What it has made or changed: the first few of it among other rows, all of it alone."""
    further_leads: int

    @property
    def outcome_badge(self) -> SafeString | str:
        """What processing would do with it."""
        return on_screen(self.outcome)

    @property
    def state_badge(self) -> SafeString | str:
        """What processing made of it."""
        return on_screen(self.state)

    @property
    def editable(self) -> bool:
        """Whether its cells can be mended here."""
        return bool(self.faulty or self.others)


def line_of(run: ImportRun, row: ImportRow, offers: Offers, *, may_mend: bool, alone: bool = False) -> Line:
    """A row as it is shown; with its cells where it may be mended: among others if it is faulty, alone in any case."""
    upload = upload_named(run.type)
    leads = list(upload.row_leads_to(row)) if row.state == RowState.DONE else []
    shown = len(leads) if alone else LEADS_SHOWN
    editable = may_mend and row.state not in SETTLED and (alone or is_faulty(row))
    cells = _cells(run, row, offers) if editable else []
    faulty = [cell for cell in cells if cell.errors]
    others = [cell for cell in cells if not cell.errors]
    said_at_cells = {cell.column for cell in cells}
    return Line(
        row=row,
        outcome=Badge(row.get_outcome_display(), OUTCOME_TONES[row.outcome]),
        state=Badge(row.get_state_display(), STATE_TONES[row.state]) if row.state else None,
        changes=[(column, str(old or ""), str(new or "")) for column, (old, new) in row.changes.items()],
        errors=_said(row, "error", without=said_at_cells),
        warnings=_said(row, "warning", without=said_at_cells),
        faulty=faulty,
        others=others,
        changeable=may_mend and not editable and row.state not in SETTLED and bool(row.problems),
        was=json.dumps({cell.column: cell.value for cell in cells if not cell.secret}),
        leads=leads[:shown],
        further_leads=len(leads[shown:]),
    )


def is_faulty(row: ImportRow) -> bool:
    """Whether there is something to mend: an error, or a failure when it was carried out."""
    return row.state == RowState.FAILED or (row.outcome == Outcome.ERROR and row.state == RowState.WAITING)


def cell_name(number: int, column: str) -> str:
    """The name and id of the input for a cell."""
    return f"cell-{number}-{column}"


def first_faulty_cell(run: ImportRun, row: ImportRow) -> str:
    """Where the hand should go in a faulty row: the id of an input, or of the row where no column is named."""
    known = upload_named(run.type).resource.columns
    named = [problem["column"] for problem in row.problems_of("error") if problem["column"] in known]
    first = next((column for column in known if column in named), "")
    return cell_name(row.number, first) if first else f"row-{row.number}"


def accepted_values(lines: Sequence[Line], offers: Offers) -> dict[str, list[tuple[str, str]]]:
    """For the faulty cells on the page: what their columns accept, where that is a short list."""
    faulty = dict.fromkeys(cell.column for line in lines for cell in line.faulty)
    return {column: values for column in faulty if (values := offers.accepted(column))}


def posted_cells(run: ImportRun, number: int, posted: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row that a person changed on the page, by what the page showed when it was opened.

    Cells that somebody else has mended meanwhile, and that this person left alone, stay as they are. A secret cell
    left blank stays; it is emptied by ticking so.
    """
    was = _was(posted.get(f"was-{number}", ""))
    changed: dict[str, str] = {}
    for column, meaning in upload_named(run.type).resource.columns.items():
        name = cell_name(number, column)
        if name not in posted:
            continue
        text = posted[name].strip()
        if meaning.secret:
            if text or f"empty-{name}" in posted:
                changed[column] = text
        elif text != was.get(column, ""):
            changed[column] = text
    return changed


def _cells(run: ImportRun, row: ImportRow, offers: Offers) -> list[Cell]:
    return [
        _cell(row, name, column, offers) for name, column in upload_named(run.type).resource.columns.items()
    ]


def _cell(row: ImportRow, name: str, column: Column, offers: Offers) -> Cell:
    text = str(row.cells.get(name) or "")
    errors = [problem["message"] for problem in row.problems_of("error") if problem["column"] == name]
    return Cell(
        column=name,
        name=cell_name(row.number, name),
        value="" if column.secret else text,
        hint=text if column.secret else "",
        secret=column.secret,
        help_text=column.help_text,
        errors=errors,
        warnings=[each["message"] for each in row.problems_of("warning") if each["column"] == name],
        offers=offers.for_cell(name, text, errors) if errors else [],
        listed=bool(errors and offers.accepted(name)),
    )


def _said(row: ImportRow, level: str, *, without: set[str]) -> list[tuple[str, str, str]]:
    return [
        (problem["column"], problem["message"], problem.get("value", ""))
        for problem in row.problems_of(level)
        if problem["column"] not in without
    ]


def _was(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
