"""Background work of this room. Beat and services ask for these by name."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core import clock
from core.actor import Actor
from core.jobs.context import JobContext
from core.jobs.kinds import job_kind
from core.notices.rounds import ask_round
from scorecards import services
from scorecards.models import Scorecard
from scorecards.services.staleness import REFRESH_JOB

CALENDAR_JOB = "scorecards.calendar_refresh"


@job_kind(REFRESH_JOB, title="Refresh scorecards", resumable=True)
def refresh_stale(ctx: JobContext) -> dict[str, Any]:
    """Make the scorecards that are missing, and compute the stale ones."""
    made = services.ensure_scorecards()
    waiting = Scorecard.objects.filter(stale_since__isnull=False, assignment__ended_at=None).count()

    def progress(done: int) -> None:
        ctx.progress(min(done, waiting), waiting)
        ctx.raise_if_cancelled()

    ctx.progress(0, waiting)
    refreshed = services.refresh_all_stale(progress=progress)
    ctx.count(made=made, computed=refreshed.done, changed=refreshed.changed)
    return {"made": made, "computed": refreshed.done, "changed": refreshed.changed}


@job_kind(CALENDAR_JOB, title="Refresh scorecards by the calendar", resumable=True)
def calendar_refresh(ctx: JobContext) -> dict[str, Any]:
    """Every night: those whose answer the new day alone may change, and whatever else is stale."""
    due = services.mark_stale_by_calendar(clock.today())
    ctx.log(f"{due} scorecards may change by the calendar.")
    result = {"due": due, **refresh_stale(ctx)}
    ask_round(Actor.task(CALENDAR_JOB))
    return result


@shared_task(name="scorecards.sweep", ignore_result=True)
def sweep() -> None:
    """Every few minutes: a scorecard made stale while a refresh was ending, or by a new day, is not left so."""
    services.mark_stale_by_calendar(clock.today())
    if Scorecard.objects.filter(stale_since__isnull=False, assignment__ended_at=None).exists():
        services.ask_refresh()
