"""The night that went wrong, and the night that never came."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from celery import current_app

from core import clock
from core.actor import Actor
from core.jobs import runner
from core.jobs import services as jobs
from core.jobs.models import Job
from core.notices.models import Notice
from core.notices.rounds import ROUND_JOB, Round, carry_out
from producers import tasks
from producers.models import Producer, SyncRun
from producers.notices import NIGHTLY
from producers.notices.nightly import A_DAY, FAILED, MISSING, STOPPED, WITH_FAILURES
from producers.sync import nightly
from producers.sync.runs import NIGHTLY_JOB

pytestmark = pytest.mark.usefixtures("ines")


def run_of(status: str, *, ago: timedelta = timedelta(hours=1), **fields) -> SyncRun:
    ended = None if status == "running" else clock.now() - ago
    return SyncRun.objects.create(
        kind="nightly", status=status, started_at=clock.now() - ago, finished_at=ended, **fields
    )


def codes() -> list[str]:
    return list(Notice.objects.filter(acknowledged_at=None).values_list("code", flat=True))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "failed", "message": "The registry refused the password."}, FAILED),
        ({"status": "stopped", "message": "Too much vanished."}, STOPPED),
        ({"status": "incomplete"}, WITH_FAILURES),
        ({"status": "done", "failed": 3}, WITH_FAILURES),
    ],
)
def test_a_night_that_went_wrong_is_told_once_and_leads_to_its_run(fields, code):
    run = run_of(**fields)
    assert [carry_out(NIGHTLY), carry_out(NIGHTLY)] == [Round(1, 0), Round(0, 0)]
    notice = Notice.objects.get()
    assert (notice.code, notice.audience_right) == (code, "producers.sync_producer")
    assert notice.url == f"/admin/syncs/{run.pk}/"
    assert fields.get("message", "") in notice.body


def test_a_good_night_is_no_news():
    run_of("done")
    assert carry_out(NIGHTLY) == Round(0, 0)


def test_a_good_night_closes_the_notice_of_a_bad_one():
    run_of("failed", ago=timedelta(hours=20))
    carry_out(NIGHTLY)
    run_of("done")
    assert carry_out(NIGHTLY) == Round(0, 1)


def test_a_run_whose_job_died_has_failed():
    job = Job.objects.create(kind=NIGHTLY_JOB, title="x", status="failed", actor_kind="task", actor_label="x")
    run_of("running", job_id=job.pk)
    carry_out(NIGHTLY)
    assert codes() == [FAILED]


def test_a_run_under_way_is_no_news():
    run_of("running", job_id=uuid4(), failed=2)
    assert carry_out(NIGHTLY) == Round(0, 0)


def test_a_night_that_did_not_come_is_told_once_and_closed_by_the_next():
    Producer.objects.update(created_at=clock.now() - timedelta(days=9))
    run_of("done", ago=A_DAY + timedelta(minutes=1))
    assert carry_out(NIGHTLY) == Round(1, 0)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        assert carry_out(NIGHTLY) == Round(0, 0)
    assert codes() == [MISSING]
    run_of("done")
    assert carry_out(NIGHTLY) == Round(0, 1)


def test_that_none_ever_came_is_told_after_the_first_night_with_somebody_tracked():
    assert carry_out(NIGHTLY) == Round(0, 0)
    Producer.objects.update(created_at=clock.now() - A_DAY - timedelta(minutes=1))
    assert carry_out(NIGHTLY) == Round(1, 0)
    assert "There has never been one." in Notice.objects.get().body


def test_nothing_is_missed_while_nobody_is_tracked():
    Producer.objects.update(tracking="inactive", created_at=clock.now() - timedelta(days=9))
    assert carry_out(NIGHTLY) == Round(0, 0)


def test_a_night_that_waits_in_the_queue_is_on_its_way():
    Producer.objects.update(created_at=clock.now() - timedelta(days=9))
    jobs.enqueue(NIGHTLY_JOB, actor=Actor.task("tests"))
    assert carry_out(NIGHTLY) == Round(0, 0)


def test_the_hourly_watch_tells_it():
    Producer.objects.update(created_at=clock.now() - timedelta(days=9))
    tasks.watch_nightly_sync()
    assert codes() == [MISSING]


def test_a_night_asks_for_a_round_even_when_it_breaks(monkeypatch):
    def breaks(*args: object, **more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(nightly, "run_of_job", breaks)
    job = jobs.enqueue(NIGHTLY_JOB, actor=Actor.task("tests"))
    runner.run_job(job.pk)
    job.refresh_from_db()
    assert job.status == "failed"
    assert Job.objects.filter(kind=ROUND_JOB).count() == 1


def test_beat_starts_the_round_and_the_watch(settings):
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert schedule["notices"]["args"] == [ROUND_JOB]
    assert schedule["watch the nightly sync"]["task"] in current_app.tasks
