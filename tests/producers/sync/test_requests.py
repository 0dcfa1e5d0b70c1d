"""Asking for a sync, from the screen, the API or a service."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.accounts.models import User
from core.actor import Actor
from core.audit.models import AuditEntry
from core.errors import InvalidInput, NotAllowed
from core.jobs import services as jobs
from core.jobs.models import Job, JobStatus
from core.jobs.runner import run_job
from nipr.models import RegistryCall
from nipr.simulator.testing import RunningSimulator
from producers.enums import SyncRunKind, SyncRunStatus, SyncStatus
from producers.models import Producer, SyncRun
from producers.sync import reading, runs
from producers.sync.outcomes import Outcome
from producers.sync.runs import add_items, open_run, request_nightly_sync, request_sync, sync_cost
from tests.producers.sync.conftest import MAREN, PUDDLEJUMP

pytestmark = pytest.mark.django_db
ACTOR = Actor.task("A test")
OnFile = Callable[..., list[Producer]]


def test_the_price_is_known_before():
    assert (sync_cost(1), sync_cost(0), sync_cost(300)) == (129, 0, 38_700)


def test_a_request_is_a_run_a_job_and_a_status(maren: Producer):
    job = request_sync([maren.pk], actor=ACTOR, reason="A button")
    run = SyncRun.objects.get()
    maren.refresh_from_db()
    assert (job.kind, run.job_id, run.kind, run.reason) == (
        "producers.sync_producers",
        job.pk,
        SyncRunKind.SINGLE,
        "A button",
    )
    assert maren.sync_status == SyncStatus.QUEUED
    assert AuditEntry.objects.filter(action="job.enqueued").exists()


def test_the_job_reads_the_registry_and_tells_what_came_of_it(simulator: RunningSimulator, maren: Producer):
    job = request_sync([maren.pk], actor=ACTOR, reason="A button")
    run_job(job.pk)
    job.refresh_from_db()
    maren.refresh_from_db()
    assert (job.status, maren.sync_status) == (JobStatus.DONE, SyncStatus.SUCCESS)
    assert (job.done, job.total, job.counts["changed"]) == (1, 1, 1)
    assert job.result["cost_cents"] == 129
    call = RegistryCall.objects.get()
    assert (call.asked_by_label, call.reason, call.price_cents) == ("A test", "A button", 129)


def test_asking_twice_buys_once(maren: Producer):
    first = request_sync([maren.pk], actor=ACTOR)
    assert request_sync([maren.pk], actor=ACTOR) == first
    assert SyncRun.objects.count() == 1


def test_only_those_who_do_not_wait_already_are_added(on_file: OnFile):
    maren, firm = on_file(MAREN, PUDDLEJUMP)
    request_sync([maren.pk], actor=ACTOR)
    request_sync([maren.pk, firm.pk], actor=ACTOR)
    assert [item.producer for item in SyncRun.objects.latest("pk").items.all()] == [firm]


def test_a_crowd_is_asked_for_block_by_block(on_file: OnFile, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runs, "_AT_ONCE", 2)
    crowd = on_file(*(str(100 + number) for number in range(5)))
    waiting, nobody = crowd[3], Producer.objects.create()
    first = request_sync([waiting.pk], actor=ACTOR)
    job = request_sync([*(each.pk for each in reversed(crowd)), nobody.pk, 10**6], actor=ACTOR)
    assert job != first
    assert job.subject_label == "4 producers; 1 left out, who have no NPN of the registry"
    items = SyncRun.objects.latest("pk").items.filter(done_at=None).order_by("pk")
    assert [item.producer for item in items] == [each for each in crowd if each != waiting]
    assert Producer.objects.filter(sync_status=SyncStatus.QUEUED).count() == 5
    assert request_sync([each.pk for each in crowd], actor=ACTOR) in (first, job)


def test_a_crowd_takes_as_many_statements_as_two(on_file: OnFile):
    def statements(count: int, first: int) -> int:
        ids = [each.pk for each in on_file(*(str(first + number) for number in range(count)))]
        with CaptureQueriesContext(connection) as queries:
            request_sync(ids, actor=ACTOR)
        return len(queries)

    assert statements(2, 100) == statements(200, 1000)


def test_who_is_in_a_run_already_is_added_no_second_time(on_file: OnFile):
    maren, firm = on_file(MAREN, PUDDLEJUMP)
    run = open_run(SyncRunKind.SELECTION, asked_by="A test", reason="Because")
    add_items(run, [maren.pk])
    add_items(run, iter([firm.pk, maren.pk, firm.pk]))
    assert [item.producer for item in run.items.order_by("pk")] == [maren, firm]


def test_who_cannot_be_asked_about_is_left_out_and_said(maren: Producer):
    dummy = Producer.objects.create(entity_type="firm", npn="1", dummy_npn=True)
    nobody = Producer.objects.create()
    job = request_sync([maren.pk, dummy.pk, nobody.pk], actor=ACTOR)
    assert "2 left out" in job.subject_label
    run = SyncRun.objects.get()
    assert run.items.get(producer=dummy).message == "A dummy NPN is never sent to the registry."
    dummy.refresh_from_db()
    assert dummy.sync_status == SyncStatus.NOT_STARTED


def test_with_nobody_to_ask_about_nothing_is_asked():
    dummy = Producer.objects.create(entity_type="firm", npn="1", dummy_npn=True)
    with pytest.raises(InvalidInput, match="dummy NPN is never sent"):
        request_sync([dummy.pk], actor=ACTOR)
    assert not Job.objects.exists()


def test_a_night_is_started_once(simulator: RunningSimulator):
    assert request_nightly_sync(actor=ACTOR) == request_nightly_sync(actor=ACTOR)


def test_the_nightly_job_keeps_its_run_when_it_is_run_again(simulator: RunningSimulator, maren: Producer):
    job = request_nightly_sync(actor=ACTOR)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.result["producers"]) == (JobStatus.DONE, 1)
    assert SyncRun.objects.get().status == SyncRunStatus.DONE


def test_a_run_that_could_not_work_is_a_failed_job(simulator: RunningSimulator, maren: Producer, settings):
    settings.NIPR_PASSWORD = "wrong"
    job = request_sync([maren.pk], actor=ACTOR)
    run_job(job.pk)
    job.refresh_from_db()
    maren.refresh_from_db()
    assert job.status == JobStatus.FAILED
    assert "NIPR_PASSWORD" in job.error
    assert "NIPR_PASSWORD" in maren.sync_message


def test_a_cancelled_run_is_over_and_says_so(
    simulator: RunningSimulator, on_file: OnFile, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "FETCHED_AT_ONCE", 1)
    maren, firm = on_file(MAREN, PUDDLEJUMP)
    job = request_sync([maren.pk, firm.pk], actor=ACTOR)
    real_close = reading.Reading._close

    def cancel_after_the_first(self: reading.Reading, done: list[Outcome]) -> None:
        real_close(self, done)
        Job.objects.update(cancel_requested_at=clock.now())

    monkeypatch.setattr(reading.Reading, "_close", cancel_after_the_first)
    run_job(job.pk)
    job.refresh_from_db()
    maren.refresh_from_db()
    firm.refresh_from_db()
    assert job.status == JobStatus.CANCELLED
    assert SyncRun.objects.get().message.startswith("Cancelled.")
    assert (maren.sync_status, firm.sync_status) == (SyncStatus.SUCCESS, SyncStatus.RETRY_ERROR)
    assert "the sync was cancelled" in firm.sync_message


def test_a_sync_whose_asker_lost_the_right_buys_nothing_and_leaves_nobody_queued(maren: Producer, leo: User):
    job = request_sync([maren.pk], actor=Actor.person(leo))
    leo.groups.clear()
    run_job(job.pk)
    job.refresh_from_db()
    maren.refresh_from_db()
    run = SyncRun.objects.get()
    assert (job.status, run.status) == (JobStatus.FAILED, SyncRunStatus.FAILED)
    assert maren.sync_status == SyncStatus.RETRY_ERROR
    assert "This needs the right" in maren.sync_message
    assert not RegistryCall.objects.exists()


def test_an_asker_who_lost_the_right_cannot_have_a_sync_run_again(leo: User, maren: Producer):
    job = request_sync([maren.pk], actor=Actor.person(leo))
    jobs.cancel(job, actor=Actor.person(leo))
    leo.groups.clear()
    with pytest.raises(NotAllowed):
        jobs.retry(Job.objects.get(pk=job.pk), actor=Actor.person(User.objects.get(pk=leo.pk)))
    job.refresh_from_db()
    assert job.status == JobStatus.CANCELLED
