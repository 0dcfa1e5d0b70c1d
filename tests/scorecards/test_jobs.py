"""The jobs that keep scorecards true."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from core import clock
from core.actor import Actor
from core.jobs import runner
from core.jobs import services as jobs
from core.jobs.models import Job
from scorecards import services, tasks
from scorecards.models import Scorecard
from scorecards.services.staleness import REFRESH_JOB
from tests.scorecards import records

TESTER = Actor.task("tests")


def run(kind: str) -> Job:
    job = jobs.enqueue(kind, actor=TESTER)
    runner.run_job(job.pk)
    job.refresh_from_db()
    return job


def test_the_refresh_makes_what_is_missing_and_computes_what_is_stale(scorecard, ines):
    records.assign(ines, states=["TX"])
    services.mark_stale(producer_ids=[ines.pk])
    job = run(REFRESH_JOB)
    assert (job.status, job.result) == ("done", {"made": 1, "computed": 2, "changed": 1})
    assert not Scorecard.objects.filter(stale_since__isnull=False).exists()


def test_the_night_computes_those_whose_day_has_come(scorecard):
    with time_machine.travel(clock.now() + timedelta(days=41), tick=False):
        job = run(tasks.CALENDAR_JOB)
        assert job.result["due"] == 1
    assert Scorecard.objects.get().cell_dicts()[0]["status"] == "late_renewal"


def test_the_night_leaves_the_others_alone(scorecard):
    assert run(tasks.CALENDAR_JOB).result == {"due": 0, "made": 0, "computed": 0, "changed": 0}


def test_a_day_that_has_come_does_not_wait_for_the_night(scorecard):
    with time_machine.travel(clock.now() + timedelta(days=41), tick=False):
        tasks.sweep()
        assert Scorecard.objects.get().stale


def test_the_sweep_asks_only_when_something_is_stale(scorecard):
    tasks.sweep()
    assert not Job.objects.filter(kind=REFRESH_JOB).exists()
    services.mark_stale(producer_ids=[scorecard.producer_id])
    tasks.sweep()
    assert Job.objects.filter(kind=REFRESH_JOB).count() == 1
