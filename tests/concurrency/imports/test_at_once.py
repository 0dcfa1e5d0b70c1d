"""Several people and several workers at one upload."""

from __future__ import annotations

import random
import time
from collections import Counter
from threading import Barrier

import pytest
from django.db import connection

from core.errors import Conflict
from core.imports import services
from core.imports.holding import Hold
from core.imports.models import HeaderMatch, ImportRow, ImportRun
from core.imports.services import uploading
from core.jobs.models import Job
from core.jobs.runner import run_job
from tests.at_once import all_at_once, at_once
from tests.concurrency.imports.blind import LINES, ROWS, assert_each_once
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 8


def refused(call) -> bool:
    try:
        call()
    except Conflict:
        return True
    return False


@pytest.fixture
def slowly(upload, monkeypatch):
    """Chunks take their time, so that something can happen while they are written."""

    def write(rows, work, whole=upload.write):
        whole(rows, work)
        time.sleep(0.1)

    monkeypatch.setattr(upload, "write", write)


def mine(run: ImportRun) -> ImportRun:
    """The run as this thread reads it."""
    return ImportRun.objects.get(pk=run.pk)


def test_of_those_who_upload_the_same_file_at_once_one_is_not_asked(desk):
    runs = at_once(lambda _: desk.upload(*LINES), PEOPLE)
    assert Counter(run.question for run in runs) == {"": 1, "same_file": PEOPLE - 1}
    assert Job.objects.filter(kind="imports.parse").count() == 1


def test_without_waiting_for_one_another_nobody_is_asked(desk, monkeypatch):
    """The control: nobody sees what the others have not committed. SQLite has one writer, whom all wait for."""
    if connection.vendor == "sqlite":
        pytest.skip("There only one can upload at a time.")
    together = Barrier(PEOPLE)
    monkeypatch.setattr(uploading, "_one_at_a_time", lambda _fingerprint: together.wait(60))
    runs = at_once(lambda _: desk.upload(*LINES), PEOPLE)
    assert Counter(run.question for run in runs)[""] > 1


def test_without_the_lock_on_the_upload_two_jobs_write_the_same_rows(desk, upload, monkeypatch):
    """The control: two workers are in the same chunk at once, and neither holds the upload."""
    if connection.vendor == "sqlite":
        pytest.skip("There only one can write at a time.")
    run = services.process(desk.read(*LINES), actor=desk.actor)
    first = run.job_id
    services.pause(run, actor=desk.actor)
    second = services.resume(run, actor=desk.actor).job_id
    together = Barrier(2, timeout=20)

    def write(rows, work, whole=upload.write):
        together.wait()
        whole(rows, work)

    monkeypatch.setattr(upload, "write", write)
    monkeypatch.setattr(Hold, "begin", lambda *_: True)
    monkeypatch.setattr(Hold, "take", lambda *_: None)
    all_at_once(lambda: run_job(first), lambda: run_job(second))
    assert Parcel.objects.count() > ROWS


def test_one_question_is_answered_once(desk):
    desk.read(*LINES)
    run = desk.upload(*LINES)
    answers = at_once(
        lambda number: refused(
            lambda: services.answer_same_file(mine(run), number % 2 == 0, actor=desk.actor)
        ),
        PEOPLE,
    )
    assert answers.count(False) == 1


def test_of_those_who_ask_for_processing_at_once_one_is_heard(desk):
    run = desk.read(*LINES)
    told = at_once(lambda _: refused(lambda: services.process(mine(run), actor=desk.actor)), PEOPLE)
    assert told.count(False) == 1
    assert Job.objects.filter(kind="imports.process").count() == 1
    assert_each_once(desk.work(mine(run)))


def test_a_message_delivered_to_many_workers_at_once_is_worked_on_once(desk):
    run = services.process(desk.read(*LINES), actor=desk.actor)
    at_once(lambda _: run_job(run.job_id), 5)
    assert_each_once(run)


def test_of_two_jobs_of_one_upload_at_once_one_writes(desk):
    run = services.process(desk.read(*LINES), actor=desk.actor)
    first = run.job_id
    services.pause(run, actor=desk.actor)
    second = services.resume(run, actor=desk.actor).job_id
    all_at_once(lambda: run_job(first), lambda: run_job(second))
    assert_each_once(run)


@pytest.mark.parametrize("seed", range(4))
def test_pausing_and_going_on_at_any_moment_loses_nothing_and_doubles_nothing(desk, slowly, seed):
    run = services.process(desk.read(*LINES), actor=desk.actor)
    dice = random.Random(seed)
    stops = 0
    while mine(run).status != "done":
        assert stops < 100
        before = mine(run)

        def stop() -> bool:
            time.sleep(dice.random() * 0.3)
            return refused(lambda: services.pause(mine(run), actor=desk.actor))

        all_at_once(lambda job=before.job_id: run_job(job), stop)
        now = mine(run)
        assert now.results.get("done", 0) == Parcel.objects.count(), "a chunk is whole or not there"
        if now.status == "paused":
            stops += 1
            services.resume(now, actor=desk.actor)
    assert stops > 0
    assert_each_once(run)


def test_cancelling_while_a_chunk_is_written_waits_for_it_or_comes_first(desk, slowly):
    run = services.process(desk.read(*LINES), actor=desk.actor)
    all_at_once(
        lambda: run_job(run.job_id),
        lambda: (time.sleep(0.1), services.cancel(mine(run), actor=desk.actor)),
    )
    run.refresh_from_db()
    assert run.status == "cancelled"
    assert 0 < Parcel.objects.count() < ROWS
    assert run.results["done"] == Parcel.objects.count() == ImportRow.objects.filter(state="done").count()


def test_mending_and_processing_at_once_one_of_them_is_refused(desk):
    run = desk.read(*LINES)
    told = all_at_once(
        lambda: refused(lambda: services.mend(mine(run), 2, {"weight": "99"}, actor=desk.actor)),
        lambda: refused(lambda: services.process(mine(run), actor=desk.actor)),
    )
    assert sorted(told) == [False, True]


def test_those_who_say_at_once_what_a_header_means_are_remembered_by_the_last(desk):
    run = desk.read("a,1", header="Handle,weight")
    told = at_once(
        lambda _: refused(lambda: services.choose_columns(mine(run), {"Handle": "name"}, actor=desk.actor)),
        4,
    )
    assert told.count(False) >= 1
    assert HeaderMatch.objects.count() == 1


def test_several_uploads_at_once_do_not_hinder_one_another(desk):
    runs = [desk.read(*[f"u{each}{line}" for line in LINES]) for each in range(3)]
    for run in runs:
        services.process(run, actor=desk.actor)
    at_once(lambda number: run_job(runs[number].job_id), 3)
    assert Parcel.objects.count() == 3 * ROWS
    assert {mine(run).status for run in runs} == {"done"}
