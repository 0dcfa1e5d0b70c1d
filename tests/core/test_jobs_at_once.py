"""Two may act at once: the same message twice, the same request twice, many writers."""

from __future__ import annotations

from threading import Barrier

import pytest
from django.db import transaction

from core.actor import Actor
from core.jobs import services
from core.jobs.models import Job
from core.jobs.runner import claim, run_job
from tests.at_once import at_once
from tests.core import test_jobs  # noqa: F401 - its job kinds
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = Actor.task("beat")
THREADS = 8


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch):
    monkeypatch.setattr(services.current_app, "send_task", lambda *_args, **_kwargs: None, raising=False)


@pytest.mark.parametrize("attempt", range(5))
def test_of_eight_workers_one_gets_the_job(attempt):
    job = services.enqueue("tests.count", actor=NIGHT)
    claims = at_once(lambda _: claim(job.pk))
    assert len([each for each in claims if each]) == 1
    assert Job.objects.get().run_number == 1


def test_without_the_conditional_update_more_than_one_would_get_it():
    """The control: looking first and writing afterwards lets several through."""
    job = services.enqueue("tests.count", actor=NIGHT)
    looked = Barrier(THREADS)

    def look_then_write(_: int) -> bool:
        free = Job.objects.get(pk=job.pk).status == "queued"
        looked.wait()
        if free:
            Job.objects.filter(pk=job.pk).update(status="running")
        return free

    assert sum(at_once(look_then_write, THREADS)) == THREADS


def test_a_message_delivered_eight_times_at_once_runs_the_job_once():
    job = services.enqueue("tests.count", actor=NIGHT)
    at_once(lambda _: run_job(job.pk))
    job.refresh_from_db()
    assert (job.status, job.run_number, job.counts) == ("done", 1, {"numbers": 3})


@pytest.mark.parametrize("key", [{"dedupe_key": "one"}, {"period_key": "one"}])
def test_eight_who_ask_for_the_same_work_get_one_job(key):
    jobs = at_once(lambda _: services.enqueue("tests.count", actor=NIGHT, **key))
    assert len({job.pk for job in jobs}) == Job.objects.count() == 1


def test_eight_writers_wait_for_each_other_and_none_fails():
    def write(number: int) -> None:
        for each in range(25):
            with transaction.atomic():
                count = Parcel.objects.count()
                Parcel.objects.create(name=f"{number}-{each}", weight=count)

    at_once(write, THREADS)
    assert Parcel.objects.count() == THREADS * 25
