"""The two tasks of the queue: run one job, and look for jobs that nobody runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_shutting_down

from core.jobs import context, reaper, runner, services


@shared_task(name=services.RUN_TASK, acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def run(job_id: str) -> None:
    """Run the job of that id. The message carries nothing else."""
    runner.run_job(UUID(job_id))


@shared_task(name="core.jobs.reap", ignore_result=True)
def reap() -> None:
    """Every few seconds, from beat."""
    reaper.reap()


@worker_shutting_down.connect
def drain(**_: Any) -> None:
    """From here on resumable jobs hand themselves back at their next safe point."""
    context.draining.set()
