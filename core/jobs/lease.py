"""Holding a job: a thread extends the lease for as long as the process lives."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, connections
from django.utils import timezone

from core.jobs.models import Job, JobStatus

logger = logging.getLogger(__name__)


def lease_seconds() -> int:
    """How long a job stays with a worker that says nothing (``JOB_LEASE_SECONDS``)."""
    return int(getattr(settings, "JOB_LEASE_SECONDS", 30))


def lease_end() -> datetime:
    """When a lease taken or extended now ends."""
    return timezone.now() + timedelta(seconds=lease_seconds())


@contextmanager
def kept_lease(job: Job) -> Iterator[None]:
    """Extend the job's lease until the block ends. The thread dies with its process, and the lease lapses."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(job, stop), name=f"lease-{job.pk}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(job: Job, stop: threading.Event) -> None:
    try:
        while not stop.wait(lease_seconds() / 4):
            if not _extend(job):
                return
    finally:
        connections.close_all()


def _extend(job: Job) -> bool:
    """Extend once; False when the job is not ours any more."""
    ours = Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING, run_number=job.run_number)
    try:
        return bool(ours.update(lease_until=lease_end()))
    except OperationalError:
        # A busy or restarting database: the next beat tries again, well before the lease ends.
        logger.warning("job_lease_not_extended", exc_info=True)
        connections.close_all()
        return True
