"""Uploads whose job died, and files that have been kept long enough."""

from __future__ import annotations

from django.db import transaction

from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.imports import files, stored
from core.imports.enums import AT_WORK, RunStatus
from core.imports.holding import fail, lock
from core.imports.models import ImportRun
from core.jobs.context import JobContext
from core.jobs.models import IS_OPEN, Job

_KEEPER = Actor.task("uploads")
_DEAD = {
    RunStatus.PARSING: "Reading it came to no end. Read it again.",
    RunStatus.PROCESSING: "Processing came to no end. Go on with it: rows that are done are not done again.",
    RunStatus.UNDOING: "Undoing came to no end. Undo it again to go on.",
}


def settle_dead(run: ImportRun) -> ImportRun:
    """Give up a run whose job is over although the run still says it is at work: it is failed, and can go on."""
    if run.status not in AT_WORK:
        return run
    if run.job_id is not None and Job.objects.filter(IS_OPEN, pk=run.job_id).exists():
        return run
    why = _DEAD[RunStatus(run.status)]
    with transaction.atomic():
        # The run may have come to its end since it was read; its job ends after it.
        if not fail(run, why, actor=_KEEPER):
            run.refresh_from_db()
    return run


def prune(ctx: JobContext) -> dict[str, int]:
    """Delete files, and what is left of secrets, of uploads whose day has come; those at work wait for another day."""
    for run in ImportRun.objects.filter(status__in=AT_WORK):
        settle_dead(run)
    due = ImportRun.objects.filter(file_deleted_at=None, kept_until__lte=clock.today()).order_by("pk")
    deleted = 0
    for run in due.exclude(status__in=AT_WORK):
        ctx.raise_if_cancelled()
        deleted += _forget(run)
    return {"deleted": deleted}


def _forget(run: ImportRun) -> bool:
    with transaction.atomic():
        lock(run)
        if run.file_deleted_at or run.status in AT_WORK:
            return False
        files.delete(run)
        stored.rows_of(run).filter(secrets__isnull=False).update(secrets=None)
        run.file_deleted_at = clock.now()
        run.save(update_fields=["file_deleted_at"])
        audit.record("upload.file_deleted", actor=_KEEPER, subject=run)
    return True
