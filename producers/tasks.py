"""The jobs of this room."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.jobs.context import JobContext
from core.jobs.kinds import job_kind
from core.notices.rounds import ask_round, carry_out
from producers.access import SYNC_PRODUCERS
from producers.enums import SyncRunStatus
from producers.models import SyncRun
from producers.notices import NIGHTLY
from producers.sync import nightly, reading
from producers.sync.runs import NIGHTLY_JOB, SYNC_JOB, close_run


def close_refused(ctx: JobContext, refusal: NotAllowed) -> None:
    """Who asked may not spend any more: the run is over, and its producers do not stay queued."""
    for run in SyncRun.objects.filter(job_id=ctx.job.pk, status=SyncRunStatus.RUNNING):
        with reading.client_for(run) as client:
            reading.Reading(run, client, ctx).give_up(f"Not read. {refusal} The nightly sync tries again.")
        close_run(run, SyncRunStatus.FAILED, str(refusal))


@job_kind(
    SYNC_JOB, title="Sync with the registry", resumable=True, right=SYNC_PRODUCERS, refused=close_refused
)
def sync_producers(ctx: JobContext, *, run_id: int) -> dict[str, Any]:
    """Read the producers of a run from the registry."""
    return _result(reading.carry_out(SyncRun.objects.get(pk=run_id), ctx, asked_by_kind=ctx.job.actor_kind))


@job_kind(NIGHTLY_JOB, title="Nightly sync", resumable=True, right=SYNC_PRODUCERS, refused=close_refused)
def nightly_sync(ctx: JobContext) -> dict[str, Any]:
    """Bring everything that is tracked up to date."""
    try:
        run = nightly.run_of_job(ctx.job.pk, asked_by=ctx.job.actor_label)
        return _result(nightly.carry_out(run, ctx, asked_by_kind=ctx.job.actor_kind))
    finally:
        # A night that ended badly is what people must learn of first.
        ask_round(Actor.task(NIGHTLY_JOB))


@shared_task(name="producers.watch_nightly_sync", ignore_result=True)
def watch_nightly_sync() -> None:
    """Every hour: that a night did not come is told by somebody other than the night."""
    carry_out(NIGHTLY)


def _result(run: SyncRun) -> dict[str, Any]:
    """What the job's page shows of a finished run. A run that could not work is a failed job."""
    if run.status in (SyncRunStatus.FAILED, SyncRunStatus.STOPPED):
        raise DomainError("sync_failed", run.message)
    names = ("producers", "changed", "unchanged", "failed", "changes", "paid_lookups", "cost_cents")
    return {"run": run.pk, "status": run.status, "message": run.message} | {
        name: getattr(run, name) for name in names
    }
