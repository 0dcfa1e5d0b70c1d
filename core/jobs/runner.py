"""Running a job: claim it, hold it, run it, write down how it ended. Delivered twice, it runs once."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.jobs import services
from core.jobs.context import CancelRequested, HandedBack, JobContext, LeaseLost
from core.jobs.kinds import JobKind, kind_named
from core.jobs.lease import kept_lease, lease_end
from core.jobs.models import Job, JobStatus
from core.jobs.transitions import JOBS

logger = logging.getLogger(__name__)
_running: ContextVar[JobContext | None] = ContextVar("running_job", default=None)


def run_job(job_id: UUID) -> None:
    """Run the job unless it is not waiting any more. Never raises for what the job does."""
    job = claim(job_id)
    if job is None:
        return
    context = JobContext(job)
    try:
        with kept_lease(job):
            result = _run(job, context)
    except LeaseLost:
        logger.warning("job_lease_lost", extra={"job_id": str(job.pk)})
    except CancelRequested:
        _end(context, "stop", error=f"Cancelled by {_canceller(job)}.")
    except HandedBack:
        _end(context, "give_back")
        services.send(job.pk)
    except DomainError as refusal:
        _end(context, "fail", error=str(refusal))
    except Exception as error:
        logger.exception("job_failed", extra={"job_id": str(job.pk), "kind": job.kind})
        _end(context, "fail", error=_in_words(error))
    else:
        _end(context, "finish", result=result or {})


def claim(job_id: UUID) -> Job | None:
    """Take a waiting job by one conditional update; None for all but one of those who try."""
    taken = Job.objects.filter(pk=job_id, status=JobStatus.QUEUED).update(
        status=JobStatus.RUNNING,
        run_number=F("run_number") + 1,
        lease_until=lease_end(),
        started_at=Coalesce("started_at", clock.now()),
        worker=f"{socket.gethostname()}:{os.getpid()}"[:200],
    )
    return Job.objects.get(pk=job_id) if taken else None


def _run(job: Job, context: JobContext) -> dict[str, Any]:
    kind = kind_named(job.kind)
    context.resumable = kind.resumable
    _check_right(kind, context)
    with _captured_log(context):
        result = kind.run(context, **job.args)
        context.flush()
    return result


def _check_right(kind: JobKind, context: JobContext) -> None:
    """Rights may have gone since the job was asked for; nothing then waits for it in vain."""
    try:
        services.require_right_of(kind, context.job.actor)
    except NotAllowed as refusal:
        if kind.refused:
            kind.refused(context, refusal)
        raise


def _end(context: JobContext, event: str, **changes: Any) -> None:
    """Write the outcome, if the job is still ours."""
    job = context.job
    ours = Q(run_number=job.run_number)
    finished_at = None if event == "give_back" else clock.now()
    try:
        context.flush()
        JOBS.apply(
            job, event, changes={**changes, "finished_at": finished_at, "lease_until": None}, where=ours
        )
    except (LeaseLost, Conflict):
        logger.warning("job_outcome_dropped", extra={"job_id": str(job.pk), "outcome": event})


def _canceller(job: Job) -> str:
    return Job.objects.values_list("cancelled_by", flat=True).get(pk=job.pk) or "somebody"


def _in_words(error: Exception) -> str:
    """What went wrong inside, without the message: it may quote personal data. The log has the whole of it."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"Something went wrong inside: {type(error).__name__}{place}. Try again; if it stays, send this job's id."


class _LogLines(logging.Handler):
    """Copies warnings and errors that are logged while the job runs into the job's own log."""

    def __init__(self, context: JobContext) -> None:
        super().__init__(logging.WARNING)
        self.context = context

    def emit(self, record: logging.LogRecord) -> None:
        """Take records of this job only: other threads run other jobs."""
        if _running.get() is self.context:
            text = record.msg.get("event", "") if isinstance(record.msg, dict) else record.getMessage()
            level = "error" if record.levelno >= logging.ERROR else "warning"
            self.context.log(str(text), level)


@contextmanager
def _captured_log(context: JobContext) -> Iterator[None]:
    handler = _LogLines(context)
    token = _running.set(context)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        _running.reset(token)
