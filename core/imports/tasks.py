"""The jobs of uploads. Their arguments are ids; what is to be done stands on the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.errors import DomainError, NotAllowed
from core.imports import parsing, processing, undoing
from core.imports.access import UPLOAD
from core.imports.holding import Superseded, fail
from core.imports.models import ImportRun
from core.imports.services.jobs import PARSE_JOB, PROCESS_JOB, PRUNE_JOB, UNDO_JOB
from core.imports.services.keeping import prune
from core.imports.types import upload_named
from core.jobs.context import CancelRequested, JobContext, JobInterrupted
from core.jobs.kinds import job_kind


def _refused(ctx: JobContext, refusal: NotAllowed) -> None:
    run = ImportRun.objects.get(pk=ctx.job.args["run_id"])
    if run.job_id == ctx.job.pk:
        fail(run, str(refusal), actor=ctx.job.actor)


def _rights(run_id: int) -> list[str]:
    """What processing the upload with its options takes: trying again may spend."""
    run = ImportRun.objects.get(pk=run_id)
    return upload_named(run.type).rights(run.options)


@job_kind(PARSE_JOB, title="Read an upload", resumable=True, right=UPLOAD, refused=_refused)
def parse(ctx: JobContext, run_id: int) -> dict[str, Any]:
    """Judge every row of an upload."""
    run = ImportRun.objects.get(pk=run_id)
    try:
        parsing.parse(run, ctx)
    except Superseded:
        pass
    except CancelRequested:
        fail(run, "Reading was cancelled. Read it again to go on.", actor=ctx.job.actor)
        raise
    except JobInterrupted:
        raise
    except DomainError as refusal:
        fail(run, str(refusal), actor=ctx.job.actor)
        raise
    except Exception:
        fail(run, _UNREAD, actor=ctx.job.actor)
        raise
    return _result(run)


@job_kind(
    PROCESS_JOB,
    title="Process an upload",
    resumable=True,
    right=UPLOAD,
    refused=_refused,
    rights_to_retry=_rights,
)
def process(ctx: JobContext, run_id: int) -> dict[str, Any]:
    """Write the rows that wait."""
    return _carried_out(processing.carry_out, ctx, run_id)


@job_kind(
    UNDO_JOB, title="Undo an upload", resumable=True, right=UPLOAD, refused=_refused, rights_to_retry=_rights
)
def undo(ctx: JobContext, run_id: int) -> dict[str, Any]:
    """Take back what rows made."""
    return _carried_out(undoing.undo, ctx, run_id)


@job_kind(PRUNE_JOB, title="Delete uploaded files that were kept long enough", resumable=True)
def prune_files(ctx: JobContext) -> dict[str, Any]:
    """Daily."""
    return dict(prune(ctx))


_UNREAD = "Something went wrong inside while it was read. Read it again; if it stays, send the id of its job."


def _carried_out(
    story: Callable[[ImportRun, JobContext], None], ctx: JobContext, run_id: int
) -> dict[str, Any]:
    run = ImportRun.objects.get(pk=run_id)
    story(run, ctx)
    return _result(run)


def _result(run: ImportRun) -> dict[str, Any]:
    run.refresh_from_db()
    counts = {str(outcome): rows for outcome, rows in run.counts.items()}
    return {"status": run.status, "rows": run.rows_total, **counts, **run.results}
