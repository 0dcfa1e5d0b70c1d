"""Workers that are killed at every border of every chunk, and inside: no row is lost and none is done twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings

from core.imports import services
from core.imports.models import ImportRow, ImportRun
from tests.appointments.gateway.test_journal_and_locks import database_url
from tests.concurrency.imports.blind import CHUNKS, LINES, ROWS, assert_each_once
from tests.core.models import Parcel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLED = int(signal.SIGKILL)


def work(run: ImportRun, *plan: str, without: str = "") -> list[int]:
    """Let children work on the run's job and die as planned, until one comes to the end; how each ended."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "agentsync.settings",
        "AGENTSYNC_VAR": str(settings.VAR_DIR),
        "DATABASE_URL": database_url(),
    }
    spec = json.dumps({"job": str(run.job_id), "plan": plan, "without": without})
    done = subprocess.run(
        [sys.executable, "-m", "tests.concurrency.imports.worker", spec],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    ends: list[int] = json.loads(done.stdout.splitlines()[-1])
    run.refresh_from_db()
    return ends


def asked(desk) -> ImportRun:
    return services.process(desk.read(*LINES), actor=desk.actor)


def test_killed_at_every_border_and_inside_every_chunk_each_row_is_written_once(desk):
    plan = ["begun", "written", "noted", "border"] * CHUNKS + ["closing", "finished"]
    run = asked(desk)
    assert work(run, *plan) == [KILLED] * len(plan) + [0], "every kill hit"
    assert_each_once(run)


def test_without_the_note_in_the_same_transaction_rows_are_written_twice(desk):
    """The control: the test above would find it out."""
    run = asked(desk)
    ends = work(run, *["border"] * 2, without="the note")
    assert ends == [KILLED, KILLED, 0]
    assert max(Counter(Parcel.objects.values_list("name", flat=True)).values()) == 3
    with pytest.raises(AssertionError):
        assert_each_once(run)


def test_a_worker_that_slept_past_its_lease_writes_nothing_more(desk):
    """It wakes while another has the job, which has itself been killed and left rows waiting."""
    run = asked(desk)
    assert work(run, "border", "asleep", "border") == [KILLED, KILLED, 0, 0]
    assert_each_once(run)


def test_killed_while_it_reads_the_rows_are_there_once(desk):
    run = desk.upload(*LINES)
    plan = ["forgotten", "stored", "read", "third", "finished"]
    assert work(run, *plan) == [KILLED] * len(plan) + [0]
    assert (run.status, run.counts, run.rows_total) == ("parsed", {"new": ROWS}, ROWS)
    assert ImportRow.objects.filter(run=run).count() == ROWS


def test_without_forgetting_what_was_read_the_file_is_not_read_twice(desk):
    """The control: rows of the killed reading stand in the way."""
    run = desk.upload(*LINES)
    assert work(run, "third", without="forgetting") == [KILLED, 0]
    assert run.status == "failed"


def test_killed_while_it_undoes_each_row_is_undone_once(desk):
    run = desk.work(asked(desk))
    services.undo(run, actor=desk.actor)
    plan = ["undoing", "undone", "undo border"] * CHUNKS
    assert work(run, *plan) == [KILLED] * len(plan) + [0]
    assert_each_once(run, status="undone", state="undone")
