"""Background work of notices: the round, and mail."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from core.jobs.context import JobContext
from core.jobs.kinds import job_kind
from core.notices import rounds, services
from core.notices.watches import registered_watches


@job_kind(rounds.ROUND_JOB, title="Look for what people should know", resumable=True)
def round_(ctx: JobContext) -> dict[str, Any]:
    """Have every watch look: after the nightly sync, after the calendar refresh, and once a day whatever happens."""
    watches = registered_watches()
    told = closed = 0
    for done, watch in enumerate(watches):
        ctx.progress(done, len(watches))
        ctx.raise_if_cancelled()
        came_of_it = rounds.carry_out(watch)
        told += came_of_it.told
        closed += came_of_it.closed
    ctx.progress(len(watches), len(watches))
    ctx.count(told=told, closed=closed)
    return {"told": told, "closed": closed}


@shared_task(name="core.notices.mail", ignore_result=True)
def mail() -> None:
    """Every few minutes, from beat."""
    services.mail_pending()
