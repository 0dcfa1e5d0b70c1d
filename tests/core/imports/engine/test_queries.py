"""The number of queries a chunk takes does not grow with its rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.imports import services
from core.imports.models import ImportRun
from core.jobs.runner import run_job
from tests.core.models import Parcel

#: Recorded on purpose, with those of the small type and the savepoint of the test: 1 to judge, 2 to write.
QUERIES_A_CHUNK = {"parse": 9, "check": 11, "process": 11}


def lines(rows: int) -> list[str]:
    return [f"n{number:04},{number},078-05-1120," for number in range(rows)]


def queries_of(work) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        work()
    return len(captured)


@pytest.fixture
def costs(desk, upload, monkeypatch):
    """Queries of one more chunk, for each step, with so many rows at once."""
    monkeypatch.setattr("core.imports.work._BREATH_SECONDS", 0)

    def measured(rows_at_once: int) -> dict[str, int]:
        upload.rows_at_once = rows_at_once
        counts = [_steps(desk, chunks * rows_at_once) for chunks in (2, 3)]
        return {step: counts[1][step] - counts[0][step] for step in counts[0]}

    return measured


def _steps(desk, rows: int) -> dict[str, int]:
    ImportRun.objects.all().delete()
    Parcel.objects.all().delete()
    run = desk.upload(*lines(rows))
    steps = {"parse": queries_of(lambda: run_job(run.job_id))}
    run.refresh_from_db()
    services.check_again(run, actor=desk.actor, wait=False)
    steps["check"] = queries_of(lambda: run_job(run.job_id))
    run.refresh_from_db()
    services.process(run, actor=desk.actor)
    steps["process"] = queries_of(lambda: run_job(run.job_id))
    run.refresh_from_db()
    assert (run.status, run.results["done"]) == ("done", rows)
    return steps


@pytest.mark.parametrize("rows", [1, 3, 10, 1000])
def test_a_chunk_takes_the_same_queries_however_many_rows_it_has(costs, rows):
    assert costs(rows) == QUERIES_A_CHUNK
