"""What a job's function is given: how to report progress, and how to learn that it should stop."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

from core.jobs.models import Job, JobLog, JobStatus
from core.secrets import masked

#: Progress is written at most this often; the page polls no faster.
WRITE_EVERY_SECONDS = 0.5
LOG_TEXT_CHARACTERS = 2000

#: Set while the worker shuts down: resumable jobs hand themselves back, the others run to their end.
draining = threading.Event()


class JobInterrupted(Exception):
    """The job stops between two steps, for no fault of its own."""


class CancelRequested(JobInterrupted):
    """Somebody asked it to stop."""


class HandedBack(JobInterrupted):
    """The worker is going down; another will go on from the checkpoint."""


class LeaseLost(JobInterrupted):
    """Another worker has the job: this one was paused too long. It must not write any more."""


class JobContext:
    """The running job as its function sees it. Nothing here is for secrets: all of it is shown."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.resumable = False
        self._counts = Counter(job.counts)
        self._pending_log: list[JobLog] = []
        self._written_at = 0.0

    @property
    def checkpoint(self) -> dict[str, Any]:
        """Where an earlier run of this job got to; empty at the first."""
        return dict(self.job.checkpoint)

    def save_checkpoint(self, **values: Any) -> None:
        """Remember where to go on, with the progress and counts up to here.

        Call it in the transaction of the work that it stands for: then a kill leaves both or neither.
        """
        self.job.checkpoint = values
        self.job.counts = dict(self._counts)
        self._write(
            checkpoint=values,
            losses=0,
            done=self.job.done,
            total=self.job.total,
            counts=self.job.counts,
        )

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how many of how many are done."""
        self.job.done = done
        self.job.total = self.job.total if total is None else total
        if time.monotonic() - self._written_at >= WRITE_EVERY_SECONDS:
            self.flush()

    def count(self, **increments: int) -> None:
        """Add to the counts shown on the page; ``cost_cents`` is shown as money."""
        self._counts.update(increments)

    def set_counts(self, **counts: int) -> None:
        """Replace the counts: for those that are kept elsewhere, in transactions that may be rolled back."""
        self._counts = Counter(counts)

    def log(self, text: str, level: str = JobLog.Level.INFO) -> None:
        """Add a line to the job's log."""
        line = masked(text)[:LOG_TEXT_CHARACTERS]
        self._pending_log.append(JobLog(job=self.job, level=level, text=line))

    def raise_if_cancelled(self) -> None:
        """Stop here if somebody cancelled the job, or the worker goes down and another can go on."""
        self.flush()
        if draining.is_set() and self.resumable:
            raise HandedBack
        if Job.objects.filter(pk=self.job.pk, cancel_requested_at__isnull=False).exists():
            raise CancelRequested

    def flush(self) -> None:
        """Write what has been reported so far."""
        self._written_at = time.monotonic()
        self.job.counts = dict(self._counts)
        self._write(done=self.job.done, total=self.job.total, counts=self.job.counts)
        lines, self._pending_log = self._pending_log, []
        JobLog.objects.bulk_create(lines)

    def _write(self, **values: Any) -> None:
        ours = Job.objects.filter(pk=self.job.pk, status=JobStatus.RUNNING, run_number=self.job.run_number)
        if not ours.update(**values):
            raise LeaseLost
