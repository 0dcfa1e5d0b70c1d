"""What became of an upload, for a terminal or for another program."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from core.imports.api.shapes import dollars, row_as_json, run_as_json
from core.imports.enums import Outcome
from core.imports.models import ImportRun
from core.imports.selectors import FAILED_ROWS
from core.state_table import any_right
from core.words import counted

Write = Callable[[str], Any]


def tell_errors(run: ImportRun, write: Write) -> None:
    """A line for each error: the row, the column, the value, and what would be right."""
    for row in run.rows.filter(FAILED_ROWS).defer("secrets").iterator(chunk_size=1000):
        for each in row.problems_of("error"):
            cell = f", {each['column']}" if each["column"] else ""
            value = f" “{each['value']}”" if each["value"] else ""
            write(f"Row {row.number}{cell}{value}: {each['message']}")


def tell_run(run: ImportRun, write: Write) -> None:
    """Its counts, its cost, and what should be known of it."""
    for warning in run.warnings:
        write(warning)
    judged = ", ".join(f"{run.counts.get(name, 0):,} {name}" for name in Outcome.values)
    write(f"Upload {run.pk} ({run.file_name}): {counted(run.rows_total, 'row')}: {judged}.")
    cost = dollars(run.foreseen.get("cost_cents"))
    if cost is not None:
        write(f"Cost as foreseen: ${cost}.")
    if run.results:
        counts = (f"{count:,} {name.replace('_', ' ')}" for name, count in run.results.items())
        write(f"Processed: {', '.join(counts)}.")
    write(f"It is “{run.get_status_display()}”. {run.message}".strip())


def as_json(run: ImportRun) -> str:
    """The upload as over REST, and with it the rows in error."""
    failed = run.rows.filter(FAILED_ROWS).defer("secrets").iterator(chunk_size=1000)
    told = run_as_json(run, any_right) | {"failed_rows": [row_as_json(row) for row in failed]}
    return json.dumps(told, cls=DjangoJSONEncoder, indent=2)
