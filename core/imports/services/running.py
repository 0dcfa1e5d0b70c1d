"""Processing an upload, stopping it, going on with it, and taking back what it made."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict
from core.imports import stored
from core.imports.access import UPLOAD
from core.imports.enums import Question, RunStatus
from core.imports.holding import lock
from core.imports.models import ImportRun
from core.imports.processing import ended
from core.imports.services.jobs import PROCESS_JOB, UNDO_JOB, begin
from core.imports.transitions import RUNS
from core.imports.types import upload_named
from core.rights import require, rights_of
from core.words import money


class CostChanged(Conflict):
    """Processing would cost something else than was confirmed. ``cost_cents`` is what it would cost now."""

    def __init__(self, cost_cents: int) -> None:
        super().__init__(
            f"Processing this upload costs {money(cost_cents)}.",
            "Confirm this cost to process it.",
            code="cost_changed",
        )
        self.cost_cents = cost_cents


def process(run: ImportRun, *, actor: Actor, confirm_cents: int | None = None) -> ImportRun:
    """Process the rows that wait, by a job; on a paused or failed upload: go on.

    Raises NotAllowed, Conflict, or CostChanged when the options spend and ``confirm_cents`` is not what it costs; a
    cost that was confirmed since the rows were checked last need not be confirmed again.
    """
    upload = upload_named(run.type)
    require(actor, UPLOAD, *upload.rights(run.options))
    with transaction.atomic():
        lock(run)
        RUNS.move(run, "process", rights_of(actor))
        if run.status == RunStatus.PARSED and not stored.waiting(run).exists():
            raise Conflict(
                "No row waits to be processed.", "Mend rows and check them again, or upload another file."
            )
        cost = int(run.foreseen.get("cost_cents", 0))
        spends = upload.spends(run.options)
        if spends and cost not in {confirm_cents, run.confirmed_cents}:
            raise CostChanged(cost)
        was = run.status
        begin(
            run,
            "process",
            PROCESS_JOB,
            actor=actor,
            started_at=run.started_at or clock.now(),
            confirmed_cents=cost if spends else None,
            **_acting(actor),
        )
        changes: dict[str, list[Any]] = {"status": [was, run.status]}
        if spends:
            changes["cost_cents"] = [None, cost]
        audit.record("upload.process_asked", actor=actor, subject=run, changes=changes)
    return run


def pause(run: ImportRun, *, actor: Actor) -> ImportRun:
    """Stop after the chunk that is being written."""
    return _move(run, "pause", actor)


def resume(run: ImportRun, *, actor: Actor) -> ImportRun:
    """Go on with a paused or failed upload."""
    return process(run, actor=actor)


def cancel(run: ImportRun, *, actor: Actor) -> ImportRun:
    """Leave it, or leave the rest of it: what is done stays done."""
    return _move(run, "cancel", actor, question=Question.NONE)


def undo(run: ImportRun, *, actor: Actor) -> ImportRun:
    """Take back, by a job, what the rows made, as far as nothing has built on it."""
    upload = upload_named(run.type)
    # It takes away what only these rights may make.
    require(actor, UPLOAD, *upload.rights(run.options))
    if not upload.can_be_undone:
        raise Conflict("This type of upload cannot be undone.", "Change what it made by hand.")
    with transaction.atomic():
        lock(run)
        was = run.status
        begin(run, "undo", UNDO_JOB, actor=actor, undone_at=run.undone_at or clock.now(), **_acting(actor))
        audit.record("upload.undo_asked", actor=actor, subject=run, changes={"status": [was, run.status]})
    return run


def _move(run: ImportRun, event: str, actor: Actor, **changes: Any) -> ImportRun:
    """A move that ends what a job does. The lock waits for the chunk that is being written."""
    require(actor, UPLOAD, upload_named(run.type).right)
    with transaction.atomic():
        lock(run)
        was = run.status
        counted = ended(run) if run.started_at else {"finished_at": clock.now()}
        RUNS.apply(run, event, rights_of(actor), changes={**counted, "message": "", **changes})
        upload_named(run.type).stopped(run)
        audit.record(
            f"upload.{_DONE[event]}", actor=actor, subject=run, changes={"status": [was, run.status]}
        )
    return run


_DONE = {"pause": "paused", "cancel": "cancelled"}


def _acting(actor: Actor) -> dict[str, Any]:
    return {
        "acting_kind": actor.kind,
        "acting_user_id": actor.user_id,
        "acting_client_id": actor.client_id[:100],
        "acting_label": actor.label[:200],
    }
