"""A job's hold on an upload: only the job that the run names writes, and only while the run is where it expects it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict
from core.imports.enums import RunStatus
from core.imports.models import ImportRun
from core.imports.transitions import RUNS
from core.jobs.context import JobContext, LeaseLost

_MESSAGE_CHARACTERS = 500


class Superseded(LeaseLost):
    """The upload was paused, cancelled, or given to another job: this one writes nothing more."""


class Hold:
    """By a job, while the run is in one status."""

    def __init__(self, run: ImportRun, ctx: JobContext, status: RunStatus) -> None:
        self.run = run
        self.ctx = ctx
        self.status = status

    def begin(self, event: str) -> bool:
        """Whether there is something to do. A failed run goes on when its own job is tried again.

        A paused one does not: a job whose worker died comes back by itself, and nobody has asked for more yet.
        """
        run = self.run
        run.refresh_from_db()
        if run.job_id != self.ctx.job.pk:
            return False
        if run.status == RunStatus.FAILED:
            RUNS.apply(run, event, changes={"message": "", "finished_at": None}, where=self._ours)
        return run.status == self.status

    def between(self, done: int, total: int | None) -> None:
        """Report; raises JobInterrupted when the job is to stop, Superseded when the run is."""
        self.ctx.progress(done, total)
        self.ctx.raise_if_cancelled()

    def look(self) -> None:
        """Raise Superseded when the run is not ours any more. For long ways without a transaction."""
        if not self._still_ours().exists():
            raise Superseded

    def take(self) -> None:
        """Lock the run until the transaction ends, so that no pause and no other job comes in between."""
        # Only what a chunk adds to is read.
        found = self._still_ours().select_for_update().values_list("results", flat=True).first()
        if found is None:
            raise Superseded
        self.run.results = found

    def note(self) -> None:
        """Raises LeaseLost when another worker has the job: this one was asleep for too long."""
        self.ctx.save_checkpoint(upload=self.run.pk)

    def end(self, event: str, **changes: Any) -> None:
        """Make the last move; Superseded when somebody else made one."""
        try:
            RUNS.apply(self.run, event, changes=changes, where=self._ours)
        except Conflict as problem:
            raise Superseded from problem

    def _still_ours(self) -> Any:
        return ImportRun.objects.filter(self._ours, pk=self.run.pk, status=self.status)

    @property
    def _ours(self) -> Q:
        return Q(job_id=self.ctx.job.pk)


class HeldByCaller:
    """By the transaction that the caller holds the run's lock in: nobody can come in between."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run

    def between(self, done: int, total: int | None) -> None:
        """Nobody waits for news."""

    def look(self) -> None:
        """Nothing can have changed."""

    def take(self) -> None:
        """It is taken."""

    def note(self) -> None:
        """There is no job."""

    def end(self, event: str, **changes: Any) -> None:
        """Make the last move."""
        RUNS.apply(self.run, event, changes=changes)


def lock(run: ImportRun) -> None:
    """Read the run anew and lock it until the transaction ends."""
    run.refresh_from_db(from_queryset=ImportRun.objects.select_for_update())


def fail(run: ImportRun, why: str, *, actor: Actor) -> bool:
    """Say on the run why it came to no end; False when it is not at work, or another job's, any more."""
    was = run.status
    changes = {"message": why[:_MESSAGE_CHARACTERS], "finished_at": clock.now()}
    with transaction.atomic():
        try:
            RUNS.apply(run, "fail", changes=changes, where=Q(job_id=run.job_id))
        except Conflict:
            return False
        moved = {"status": [was, run.status]}
        audit.record("upload.failed", actor=actor, subject=run, changes=moved, reason=run.message)
    return True
