"""Rows of files for tests: read and judged as the engine does, without a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from appointments.imports import APPOINTMENT, TERMINATE
from core.imports.models import ImportRun
from core.imports.rows import UploadRow
from core.imports.types import Judging, Upload
from tests.appointments.asking import world

HERON, FOX, NPN = world.HERON, world.FOX, world.NPN


def cells(**given: str) -> dict[str, str]:
    """A row for life in California by Heron."""
    return {"agent_npn": NPN, "states": "CA", "loa_category": "life", "cocode": HERON} | given


def ending_cells(**given: str) -> dict[str, str]:
    """A row that ends life in California by Heron."""
    told = {"agent_npn": NPN, "states": "CA", "line_of_authority": "Life", "cocode": HERON}
    return told | {"termination_reason": "VOLUNTARY"} | given


def read(
    upload: Upload, *rows: dict[str, str], first: int = 2, extra: dict[str, str] | None = None
) -> list[UploadRow]:
    """Rows as the engine reads them, numbered as a spreadsheet does."""
    found = []
    for number, given in enumerate(rows, start=first):
        values, problems = upload.resource.read(given)
        found.append(UploadRow(number, given, values=values, problems=problems, extra=extra))
    return found


def judge(
    upload: Upload, rows: Sequence[UploadRow], *, at_once: int = 1000, **options: Any
) -> list[UploadRow]:
    """All rows surveyed, then judged chunk by chunk."""
    survey = upload.survey()
    for row in rows:
        survey.see(row)
    judging = Judging(run=ImportRun(type=upload.name), survey=survey, options=upload.read_options(options))
    for start in range(0, len(rows), at_once):
        upload.judge(rows[start : start + at_once], judging)
    return list(rows)


def appointing(*rows: dict[str, str], **options: Any) -> list[UploadRow]:
    """Rows of an appointment file, judged."""
    return judge(APPOINTMENT, read(APPOINTMENT, *rows), **options)


def ending(*rows: dict[str, str], **options: Any) -> list[UploadRow]:
    """Rows of a termination file, judged."""
    return judge(TERMINATE, read(TERMINATE, *rows), **options)


def codes(row: UploadRow) -> list[str]:
    """Codes of what is said of a row."""
    return [each["code"] for each in row.problems]


def messages(row: UploadRow) -> str:
    return " | ".join(each["message"] for each in row.problems)


def outcome(row: UploadRow) -> str:
    """As the engine counts it."""
    return "error" if row.faulty else str(row.outcome)


def foreseen(rows: Sequence[UploadRow]) -> dict[str, int]:
    """Summed up over the rows."""
    total: dict[str, int] = {"transactions": 0, "cost_cents": 0, "billed_later": 0}
    for row in rows:
        for name, value in row.foreseen.items():
            total[name] += value
    return total
