"""Waiting for the job of an upload, and doing it here as long as no worker does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.core.management.base import OutputWrapper
from django.db import connection

from core.imports.models import ImportRun
from core.jobs.models import Job, JobStatus
from core.jobs.runner import run_job

LOOK_EVERY_SECONDS: Final = 0.5
UNDER_WAY: Final = (JobStatus.QUEUED, JobStatus.RUNNING)


def see_through(run: ImportRun, doing: str, terminal: OutputWrapper | None) -> None:
    """Return when the job of the upload has ended, whoever ran it; progress goes to the terminal, if there is one."""
    run.refresh_from_db(fields=["job_id"])
    if run.job_id is None:
        return
    with _progress(run.job_id, doing, terminal):
        while _status(run.job_id) in UNDER_WAY:
            run_job(run.job_id)  # does nothing when a worker has it
            if _status(run.job_id) in UNDER_WAY:
                time.sleep(LOOK_EVERY_SECONDS)


def _status(job_id: UUID) -> str:
    return Job.objects.values_list("status", flat=True).get(pk=job_id)


@contextmanager
def _progress(job_id: UUID, doing: str, terminal: OutputWrapper | None) -> Iterator[None]:
    """A line that is written anew while the job runs."""
    if terminal is None:
        yield
        return
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(job_id, doing, terminal, over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        terminal.write("\r\033[K", ending="")


def _watch(job_id: UUID, doing: str, terminal: Any, over: threading.Event) -> None:
    try:
        while not over.wait(LOOK_EVERY_SECONDS):
            done, total = Job.objects.values_list("done", "total").get(pk=job_id)
            of = f" of {total:,}" if total else ""
            terminal.write(f"\r{doing}: {done:,}{of} rows", ending="")
            terminal.flush()
    finally:
        connection.close()
