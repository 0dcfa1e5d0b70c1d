"""Files uploaded, processed and looked at, with jobs run on the spot."""

from __future__ import annotations

import csv
import io
from typing import Any

from appointments.models import BulkRequest, Transaction
from core.actor import Actor
from core.imports import services
from core.imports.models import ImportRow, ImportRun
from core.jobs.runner import run_job
from tests.producers.cast import TESTER

APPOINT_HEADER = (
    "agent_npn",
    "states",
    "loa_category",
    "cocode",
    "agent_type",
    "effective_date",
    "external_id",
)
END_HEADER = (
    "agent_npn", "states", "line_of_authority", "cocode", "termination_reason", "effective_date", "external_id",
)  # fmt: skip


def file_of(rows: list[dict[str, str]], header: tuple[str, ...]) -> bytes:
    """A CSV file with these rows."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def work(run: ImportRun) -> ImportRun:
    """Run its job."""
    assert run.job_id
    run_job(run.job_id)
    run.refresh_from_db()
    return run


def appoint(
    *rows: dict[str, str], name: str = "appoint.csv", actor: Actor = TESTER, **options: Any
) -> ImportRun:
    """A file of appointments, read."""
    content = file_of(list(rows), APPOINT_HEADER)
    return work(services.upload("appointment", name, content, options, actor=actor, again=True))


def terminate(
    *rows: dict[str, str], name: str = "terminations-june.csv", actor: Actor = TESTER, **options: Any
) -> ImportRun:
    """A file of terminations, read."""
    content = file_of(list(rows), END_HEADER)
    return work(services.upload("terminate", name, content, options, actor=actor, again=True))


def process(run: ImportRun, actor: Actor = TESTER, confirm: int | None = None) -> ImportRun:
    """Process its rows to the end."""
    return work(services.process(run, actor=actor, confirm_cents=confirm))


def outcomes(run: ImportRun) -> list[tuple[int, str, str]]:
    """``(number, outcome, state)`` of each row."""
    return list(run.rows.order_by("number").values_list("number", "outcome", "state"))


def row(run: ImportRun, number: int) -> ImportRow:
    return ImportRow.objects.get(run=run, number=number)


def said(run: ImportRun, number: int) -> str:
    """Everything that is said of a row."""
    return " | ".join(each["message"] for each in row(run, number).problems)


def asked() -> list[tuple[Any, ...]]:
    """What has been asked for, in an order of its own."""
    columns = ("kind", "npn", "state", "cocode", "loa_code", "status", "state_fee_cents", "nipr_fee_cents")
    return sorted(Transaction.objects.exclude(status="not_eligible").values_list(*columns))


def sets() -> list[str]:
    """Names of request sets, in the order asked for."""
    return list(BulkRequest.objects.order_by("created_at", "name").values_list("name", flat=True))
