"""Workers that die or freeze in the middle of a job, as processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from core.actor import Actor
from core.jobs import services
from core.jobs.kinds import job_kind
from core.jobs.models import Job
from core.jobs.reaper import reap

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
STEPS, LEASE_SECONDS = 20, 2
WORKER = f"""
import sys, uuid, django
django.setup()
from django.conf import settings
settings.JOB_LEASE_SECONDS = {LEASE_SECONDS}
import tests.core.test_jobs_killed
from core.jobs.runner import run_job
run_job(uuid.UUID(sys.argv[1]))
"""


@job_kind("tests.slow_steps", title="Slow steps", resumable=True)
def slow_steps(ctx):
    for step in range(ctx.checkpoint.get("next", 0), STEPS):
        ctx.raise_if_cancelled()
        time.sleep(0.1)
        ctx.count(steps=1)
        ctx.save_checkpoint(next=step + 1)
    return {"by": ctx.job.run_number}


@contextmanager
def worker(job: Job) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs the job on the database of this test."""
    name = connection.settings_dict["NAME"]
    url = (
        f"sqlite:///{name}" if connection.vendor == "sqlite" else f"postgres://postgres@127.0.0.1:5432/{name}"
    )
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "agentsync.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(job.pk)], env=environment, cwd=settings.BASE_DIR
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)


def wait_for(job: Job, condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if condition(job):
            return
        time.sleep(0.05)
    pytest.fail(f"The job is {job.status} at {job.checkpoint} after {seconds} s.")


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch):
    monkeypatch.setattr(services.current_app, "send_task", lambda *_args, **_kwargs: None, raising=False)


@pytest.fixture
def job() -> Job:
    return services.enqueue("tests.slow_steps", actor=Actor.task("tests"))


def test_a_killed_worker_loses_no_step_and_doubles_none(job):
    for kill_at in (4, 9):
        with worker(job) as process:
            wait_for(job, lambda job, at=kill_at: job.checkpoint.get("next", 0) >= at)
            process.send_signal(signal.SIGKILL)
        assert reap()["lapsed"] == 0, "the lease holds for a while: the worker might only be slow"
        wait_for(job, lambda _: reap()["lapsed"] == 1, LEASE_SECONDS + 5)
    with worker(job):
        wait_for(job, lambda job: job.status == "done")
    assert job.counts == {"steps": STEPS}
    assert (job.result, job.run_number) == ({"by": 3}, 3)


def test_a_worker_frozen_past_its_lease_finds_the_job_gone(job):
    with worker(job) as frozen:
        wait_for(job, lambda job: job.checkpoint.get("next", 0) >= 4)
        frozen.send_signal(signal.SIGSTOP)
        wait_for(job, lambda _: reap()["lapsed"] == 1, LEASE_SECONDS + 5)
        with worker(job):
            wait_for(job, lambda job: job.status == "done")
        frozen.send_signal(signal.SIGCONT)
        assert frozen.wait(timeout=20) == 0
    job.refresh_from_db()
    assert (job.status, job.counts, job.result) == ("done", {"steps": STEPS}, {"by": 2})
