"""Processing an upload, by a job: rows are written chunk by chunk until none waits, or somebody says stop."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from core import clock
from core.audit import services as audit
from core.errors import DomainError
from core.garbage import seldom_collected
from core.imports import stored
from core.imports.enums import RunStatus
from core.imports.holding import Superseded, fail
from core.imports.models import ImportRun
from core.imports.types import Upload, upload_named
from core.imports.work import Work
from core.jobs.context import CancelRequested, JobContext, JobInterrupted
from core.rights import require

logger = logging.getLogger(__name__)


@seldom_collected
def carry_out(run: ImportRun, ctx: JobContext) -> None:
    """Write what waits. Killed at any moment it goes on where it stopped; no row is written twice."""
    upload = upload_named(run.type)
    work = Work(run, ctx, upload.resource, upload.rows_at_once)
    if not work.hold.begin("process"):
        # Its worker died while somebody paused or cancelled it: nobody has closed it yet.
        _stopped(work, upload)
        return
    try:
        require(run.actor, *upload.rights(run.options))
        upload.carry_out(work)
        upload.close(work)
        _finish(work, upload)
    except Superseded:
        _stopped(work, upload)
    except CancelRequested:
        _pause(work)
        _close(work, upload)
        raise
    except JobInterrupted:
        raise
    except DomainError as refusal:
        _fail(work, upload, str(refusal))
        raise
    except Exception:
        _fail(work, upload, went_wrong(work.place))
        raise


def went_wrong(place: str) -> str:
    """A fault of ours, in words."""
    where = f" at {place}, of which nothing was done" if place else ""
    return f"Something went wrong inside{where}. Go on with it to try again; if it stays, send the id of its job."


def ended(run: ImportRun) -> dict[str, Any]:
    """What a run ends with, whichever way it ended."""
    counts, states = stored.counted(run)
    return {"counts": counts, "results": run.results | states, "finished_at": clock.now()}


def _finish(work: Work, upload: Upload) -> None:
    run = work.run
    message = f"{work.message} {upload.comes_to(run)}".strip()
    with transaction.atomic():
        work.hold.take()
        work.hold.end("finish", **ended(run), message=message[:500])
        audit.record("upload.processed", actor=run.actor, subject=run, changes={"rows": [None, run.results]})
        work.hold.note()


def _stopped(work: Work, upload: Upload) -> None:
    """Somebody paused or cancelled it, or another job has it: then that one will close it."""
    run = work.run
    run.refresh_from_db()
    if run.job_id == work.ctx.job.pk and run.status in {RunStatus.PAUSED, RunStatus.CANCELLED}:
        _close(work, upload)


def _pause(work: Work) -> None:
    """Somebody cancelled the job, not the upload: it can go on."""
    try:
        work.hold.end("pause", message="Its job was cancelled. Resume the upload to go on.")
    except Superseded:
        logger.info("upload_paused_by_somebody_else", extra={"run_id": work.run.pk})


def _fail(work: Work, upload: Upload, why: str) -> None:
    run = work.run
    # What was added up for a chunk that was rolled back is not so.
    run.refresh_from_db(fields=["results"])
    work.ctx.set_counts(**run.results)
    with transaction.atomic():
        if fail(run, why, actor=run.actor):
            counted = {name: value for name, value in ended(run).items() if name != "finished_at"}
            ImportRun.objects.filter(pk=run.pk).update(**counted)
    _close(work, upload)


def _close(work: Work, upload: Upload) -> None:
    """Let what was done have its consequences, although it is not all."""
    try:
        upload.close(work)
    except Exception:
        # It is closed again when the upload goes on or is cancelled.
        logger.exception("upload_not_closed", extra={"run_id": work.run.pk})
