from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from core.actor import Actor
from core.audit.models import AuditEntry
from core.errors import Conflict, InvalidInput, NotAllowed
from core.jobs import context, services
from core.jobs.kinds import job_kind
from core.jobs.models import Job, JobStatus
from core.jobs.reaper import MAX_LOSSES, RESEND_SECONDS, reap
from core.jobs.runner import claim, run_job
from core.jobs.transitions import JOBS

pytestmark = pytest.mark.django_db
NIGHT = Actor.task("beat")


@job_kind("tests.count", title="Count")
def count(ctx, to=3):
    for number in range(to):
        ctx.raise_if_cancelled()
        ctx.count(numbers=1)
        ctx.progress(number + 1, to)
    ctx.log("Counted.")
    return {"last": to}


@job_kind("tests.refuse", title="Refuse")
def refuse(ctx):
    raise Conflict("The registry is closed.", "Try again on Monday.")


@job_kind("tests.break", title="Break")
def break_down(ctx):
    logging.getLogger("tests").warning("about to break over 078-05-1120")
    raise ValueError("078-05-1120")


@job_kind("tests.steps", title="Steps", resumable=True)
def steps(ctx, stop_after=None):
    for step in range(ctx.checkpoint.get("next", 0), 4):
        ctx.raise_if_cancelled()
        ctx.count(steps=1)
        ctx.save_checkpoint(next=step + 1)
        if step + 1 == stop_after and ctx.job.run_number == 1:
            context.draining.set()
    return {"steps": 4}


@job_kind("tests.guarded", title="Guarded", right="jobs.control_job")
def guarded(ctx):
    return {}


@pytest.fixture
def sent(monkeypatch) -> list[str]:
    """Ids of jobs whose message went to the queue."""
    ids: list[str] = []
    monkeypatch.setattr(
        services.current_app, "send_task", lambda _name, args: ids.extend(args), raising=False
    )
    return ids


@pytest.fixture(autouse=True)
def _not_draining():
    yield
    context.draining.clear()


def finished(kind: str, **args) -> Job:
    job = services.enqueue(kind, args, actor=NIGHT)
    run_job(job.pk)
    return Job.objects.get(pk=job.pk)


def test_the_row_is_there_before_the_message(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = services.enqueue("tests.count", actor=NIGHT)
        assert Job.objects.get().status == JobStatus.QUEUED
        assert sent == []
    assert sent == [str(job.pk)]


def test_a_job_ends_with_progress_counts_log_and_result():
    job = finished("tests.count", to=5)
    assert (job.status, job.done, job.total, job.percent) == ("done", 5, 5, 100)
    assert (job.counts, job.result) == ({"numbers": 5}, {"last": 5})
    assert list(job.log.values_list("text", flat=True)) == ["Counted."]


def test_a_message_delivered_twice_runs_the_job_once():
    job = finished("tests.count")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.run_number, job.counts) == (1, {"numbers": 3})


def test_a_refusal_fails_the_job_with_its_sentence_and_what_to_do():
    job = finished("tests.refuse")
    assert (job.status, job.error) == ("failed", "The registry is closed. Try again on Monday.")


def test_a_breakdown_fails_the_job_without_quoting_data():
    job = finished("tests.break")
    assert job.status == "failed"
    assert "ValueError in test_jobs.py" in job.error
    assert "078-05-1120" not in job.error
    assert list(job.log.values_list("level", "text")) == [("warning", "about to break over ***-**-1120")]


@pytest.mark.parametrize("args", [{"ssn": "1"}, {"rows": [{"password": "x"}]}, {"note": "078-05-1120"}])
def test_secrets_are_refused_as_arguments(args):
    with pytest.raises(InvalidInput, match="looks like a secret"):
        services.enqueue("tests.count", args, actor=NIGHT)
    assert not Job.objects.exists()


def test_asking_again_while_a_job_is_open_gives_that_job():
    first = services.enqueue("tests.count", actor=NIGHT, dedupe_key="one")
    assert services.enqueue("tests.count", actor=NIGHT, dedupe_key="one") == first
    run_job(first.pk)
    assert services.enqueue("tests.count", actor=NIGHT, dedupe_key="one") != first


def test_a_job_of_a_period_is_made_once_even_when_it_has_ended():
    first = services.enqueue("tests.count", actor=NIGHT, period_key="night of 2026-11-21")
    run_job(first.pk)
    assert services.enqueue("tests.count", actor=NIGHT, period_key="night of 2026-11-21") == first


def test_a_waiting_job_is_cancelled_at_once():
    job = services.enqueue("tests.count", actor=NIGHT)
    services.cancel(job, actor=NIGHT)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.run_number) == ("cancelled", 0)


def test_a_running_job_stops_at_its_next_safe_point(monkeypatch):
    job = services.enqueue("tests.count", actor=NIGHT)
    real = context.JobContext.progress

    def cancelled_in_the_middle(self, done, total=None):
        real(self, done, total)
        if done == 2:
            services.cancel(Job.objects.get(pk=job.pk), actor=Actor.task("Leo"))

    monkeypatch.setattr(context.JobContext, "progress", cancelled_in_the_middle)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error, job.counts) == ("cancelled", "Cancelled by Leo.", {"numbers": 2})


def test_a_failed_job_can_be_tried_again(sent, django_capture_on_commit_callbacks):
    job = finished("tests.refuse")
    with django_capture_on_commit_callbacks(execute=True):
        services.retry(job, actor=NIGHT)
    assert sent[-1] == str(job.pk)
    assert (Job.objects.get().status, Job.objects.get().error) == ("queued", "")


def test_a_retry_is_refused_while_the_same_work_is_under_way():
    job = services.enqueue("tests.refuse", actor=NIGHT, dedupe_key="one")
    run_job(job.pk)
    services.enqueue("tests.refuse", actor=NIGHT, dedupe_key="one")
    job.refresh_from_db()
    with pytest.raises(Conflict, match="under way already"):
        services.retry(job, actor=NIGHT)


def test_a_done_job_can_neither_be_retried_nor_cancelled():
    job = finished("tests.count")
    for attempt in (services.retry, services.cancel):
        with pytest.raises(Conflict):
            attempt(job, actor=NIGHT)


def test_people_control_their_own_jobs_and_those_of_others_with_the_right(staff):
    mine = services.enqueue("tests.count", actor=Actor.person(staff()))
    other = staff(email="other@example.com")
    with pytest.raises(NotAllowed, match="control_job"):
        services.cancel(mine, actor=Actor.person(other))
    services.cancel(mine, actor=Actor.person(staff("jobs.control_job", email="third@example.com")))


def test_a_right_lost_since_is_noticed_when_the_job_begins(staff):
    job = services.enqueue("tests.guarded", actor=Actor.person(staff()))
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, "Can retry and cancel jobs" in job.error) == ("failed", True)


def test_nobody_retries_even_their_own_job_without_the_right_of_its_kind(staff, sent):
    ines = Actor.person(staff())
    job = services.enqueue("tests.guarded", actor=ines)
    services.cancel(job, actor=ines)
    with pytest.raises(NotAllowed, match="Can retry and cancel jobs"):
        services.retry(job, actor=ines)
    assert services.retry(job, actor=NIGHT).status == "queued"


def test_asking_retrying_and_cancelling_are_audited(staff):
    job = services.enqueue("tests.refuse", actor=Actor.person(staff()))
    run_job(job.pk)
    job.refresh_from_db()
    services.cancel(services.retry(job, actor=NIGHT), actor=NIGHT)
    actions = (
        AuditEntry.objects.filter(subject_id=str(job.pk)).order_by("id").values_list("action", flat=True)
    )
    assert list(actions) == ["job.enqueued", "job.retried", "job.cancelled"]


def lapsed(kind: str = "tests.steps", **fields) -> Job:
    """A job whose worker died."""
    job = services.enqueue(kind, actor=NIGHT)
    claim(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1), **fields)
    return Job.objects.get(pk=job.pk)


def test_a_job_whose_worker_died_goes_on_from_its_checkpoint(sent, django_capture_on_commit_callbacks):
    job = lapsed(checkpoint={"next": 3}, counts={"steps": 3})
    with django_capture_on_commit_callbacks(execute=True):
        assert reap()["lapsed"] == 1
    assert sent[-1] == str(job.pk)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.counts, job.run_number) == ("done", {"steps": 4}, 2)


def test_a_live_lease_is_left_alone():
    job = services.enqueue("tests.steps", actor=NIGHT)
    claim(job.pk)
    assert reap() == {"lapsed": 0, "resent": 0}


def test_a_job_that_kills_its_workers_is_given_up():
    job = lapsed(losses=MAX_LOSSES)
    reap()
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", f"The worker died {MAX_LOSSES + 1} times over this job.")


def test_a_job_asked_to_stop_whose_worker_died_is_cancelled():
    job = lapsed(cancel_requested_at=timezone.now())
    reap()
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_a_worker_that_was_paused_past_its_lease_writes_nothing_any_more():
    job = lapsed()
    ghost = context.JobContext(job)
    reap()
    claim(job.pk)
    ghost.log("I am a ghost.")
    with pytest.raises(context.LeaseLost):
        ghost.progress(1, 2)
    assert not job.log.exists()
    job.refresh_from_db()
    assert (job.status, job.done) == ("running", 0)


def test_a_lost_message_is_sent_again_and_ever_more_rarely(sent, django_capture_on_commit_callbacks):
    job = services.enqueue("tests.count", actor=NIGHT)
    for age, expected in ((RESEND_SECONDS - 5, 0), (RESEND_SECONDS + 1, 1), (RESEND_SECONDS + 1, 0)):
        Job.objects.filter(pk=job.pk).update(sent_at=timezone.now() - timedelta(seconds=age))
        with django_capture_on_commit_callbacks(execute=True):
            assert reap()["resent"] == expected
    assert sent == [str(job.pk)]


def test_a_worker_going_down_hands_resumable_jobs_back(sent, django_capture_on_commit_callbacks):
    job = services.enqueue("tests.steps", {"stop_after": 2}, actor=NIGHT)
    with django_capture_on_commit_callbacks(execute=True):
        run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.checkpoint, job.losses) == ("queued", {"next": 2}, 0)
    context.draining.clear()
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.counts) == ("done", {"steps": 4})


def test_a_worker_going_down_lets_other_jobs_end():
    context.draining.set()
    assert finished("tests.count").status == "done"


def test_an_unknown_kind_is_refused_when_asked_for():
    with pytest.raises(LookupError, match=r"tests\.nothing"):
        services.enqueue("tests.nothing", actor=NIGHT)


def test_every_state_has_a_way_out_but_done():
    assert JobStatus.values == [state for state in JobStatus.values if state in JOBS.states]
    sources = {move.source for move in JOBS.moves}
    assert set(JobStatus.values) - sources == {"done"}
