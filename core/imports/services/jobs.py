"""Having an upload read, processed or undone by a job."""

from __future__ import annotations

from typing import Any, Final

from core.actor import Actor
from core.imports.models import ImportRun
from core.imports.transitions import RUNS
from core.jobs import services as jobs
from core.rights import rights_of

PARSE_JOB: Final = "imports.parse"
PROCESS_JOB: Final = "imports.process"
UNDO_JOB: Final = "imports.undo"
PRUNE_JOB: Final = "imports.prune"


def begin(run: ImportRun, event: str, kind: str, *, actor: Actor, **changes: Any) -> None:
    """Move the run and give it to a fresh job, in the transaction of the caller.

    The run names its one job. A job of before that has not noticed yet that it was stopped writes nothing more.
    """
    job = jobs.enqueue(kind, {"run_id": run.pk}, actor=actor, subject_label=str(run))
    fresh = {"job_id": job.pk, "message": "", "finished_at": None}
    RUNS.apply(run, event, rights_of(actor), changes=fresh | changes)


def begin_reading(run: ImportRun, *, actor: Actor, **changes: Any) -> None:
    """Have its file read, or its rows checked again."""
    begin(run, "parse", PARSE_JOB, actor=actor, check_due=True, **changes)
