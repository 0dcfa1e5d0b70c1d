"""Running a request set: chunk by chunk judged and written, or planned; then what may be sent is submitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction as database

from appointments import access
from appointments.enums import BulkStatus, StatusDetail, TransactionKind, TransactionStatus
from appointments.models import BulkRequest, Transaction
from appointments.services.asking import known as knowledge
from appointments.services.asking import shelf
from appointments.services.asking.chunks import chunks, digest
from appointments.services.asking.differences import PlanChanged, differences
from appointments.services.asking.drafts import Judged, Tally, shown
from appointments.services.asking.ending import judge_terminations
from appointments.services.asking.entries import planned_requests
from appointments.services.asking.judging import judge_appointments
from appointments.services.asking.requests import kept_appointments, kept_terminations
from appointments.services.asking.sending import send_ready
from appointments.services.asking.writing import until_unique, write
from core import clock
from core.actor import Actor, ActorKind
from core.audit import services as audit
from core.errors import Conflict
from core.jobs.context import JobContext
from core.rights import require

Rows = Sequence[dict[str, Any]]


class Reports(Protocol):
    """What a run tells how far it is, and asks whether it is to stop: a job's context, or what stands for one."""

    def raise_if_cancelled(self) -> None: ...

    def progress(self, done: int, total: int | None = None) -> None: ...

    def save_checkpoint(self, **values: Any) -> None: ...


AfterChunk = Callable[[Sequence[int], Judged, Sequence[Transaction]], None]
"""Told of a chunk in its database transaction: the indexes of its rows, how they were judged, what was written."""


def run(bulk: BulkRequest, ctx: JobContext | None = None) -> BulkRequest:
    """Carry the request set on from where it stands to its end. Within a job it reports and may be stopped."""
    try:
        write_all(bulk, ctx)
    except PlanChanged as changed:
        end(bulk, BulkStatus.CHANGED, str(changed))
        return bulk
    message = "" if bulk.dry_run else send_ready(bulk, asker(bulk), ctx)
    end(bulk, BulkStatus.PLANNED if bulk.dry_run else BulkStatus.DONE, message)
    return bulk


def write_all(bulk: BulkRequest, ctx: Reports | None = None, after: AfterChunk | None = None) -> None:
    """Judge and write, or plan, the rows that have not been; nothing is submitted, and it is not ended."""
    _begin(bulk)
    spends = bulk.submit or bulk.submit_just_in_time
    require(asker(bulk), access.PREPARE, access.SUBMIT if spends else "")
    _judge_all(bulk, ctx, after)


def fail(bulk_id: Any, why: str) -> None:
    """Say on the request set that it came to no end."""
    unfinished = BulkRequest.objects.filter(pk=bulk_id, status__in=(BulkStatus.QUEUED, BulkStatus.RUNNING))
    unfinished.update(status=BulkStatus.FAILED, message=why[:500], finished_at=clock.now())


def asker(bulk: BulkRequest) -> Actor:
    """Who asked for it."""
    return Actor(
        ActorKind(bulk.asked_by_kind), bulk.asked_by_user_id, bulk.asked_by_label, bulk.asked_by_client_id
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """How a kind of request set is judged: rows to values, what is known of them, the judgement."""

    kept: Callable[[Rows, Sequence[int]], Sequence[Any]]
    known: Callable[..., Any]
    judge: Callable[[Any, Any], Judged]


_WAYS = {
    TransactionKind.APPOINTMENT: _Way(kept_appointments, knowledge.for_appointments, judge_appointments),
    TransactionKind.TERMINATION: _Way(kept_terminations, knowledge.for_terminations, judge_terminations),
}


def register_way(
    kind: TransactionKind,
    kept: Callable[[Rows, Sequence[int]], Sequence[Any]],
    known: Callable[..., Any],
    judge: Callable[[Any, Any], Judged],
) -> None:
    """Let another kind of request be carried out the same way; registering a kind again replaces it."""
    _WAYS[kind] = _Way(kept, known, judge)


def judge_rows(bulk: BulkRequest, indexes: Sequence[int], *, lock: bool) -> Judged:
    """What some rows of the request set come to now."""
    way = _WAYS[TransactionKind(bulk.kind)]
    asked = way.kept(bulk.requests, indexes)
    judged = way.judge(way.known(asked, lock=lock), asked)
    if bulk.submit_just_in_time:
        let_go(judged)
    return judged


def let_go(judged: Judged) -> None:
    """Just-in-time ones that are to be sent at once wait for no first business."""
    for draft in judged.drafts:
        if draft.status == TransactionStatus.HELD:
            draft.status, draft.status_detail = TransactionStatus.READY_TO_SUBMIT, StatusDetail.NONE


def _begin(bulk: BulkRequest) -> None:
    waiting = (BulkStatus.QUEUED, BulkStatus.RUNNING, BulkStatus.FAILED)
    begun = BulkRequest.objects.filter(pk=bulk.pk, status__in=waiting)
    if not begun.update(status=BulkStatus.RUNNING, message="", finished_at=None):
        raise Conflict("This request set has come to its end already.", "Look at its result.")
    bulk.status, bulk.message, bulk.finished_at = BulkStatus.RUNNING, "", None


def end(bulk: BulkRequest, status: BulkStatus, message: str) -> None:
    """Say on the request set how it ended."""
    bulk.status, bulk.message, bulk.finished_at = status, message[:500], clock.now()
    with database.atomic():
        bulk.save(update_fields=["status", "message", "finished_at"])
        changes = {"status": [BulkStatus.RUNNING.value, status.value], "counts": [None, bulk.counts]}
        audit.record("bulk_request.ended", actor=asker(bulk), subject=bulk, changes=changes)


def _judge_all(bulk: BulkRequest, ctx: Reports | None, after: AfterChunk | None) -> None:
    before = 0
    for number, indexes in enumerate(chunks(bulk.requests)):
        if before >= bulk.done:
            _chunk(bulk, number, indexes, ctx, after)
        before += len(indexes)


def _chunk(
    bulk: BulkRequest, number: int, indexes: Sequence[int], ctx: Reports | None, after: AfterChunk | None
) -> None:
    """One chunk, in one database transaction with the note that it is done."""
    if ctx is not None:
        ctx.raise_if_cancelled()
        ctx.progress(bulk.done + len(indexes), len(bulk.requests))

    def judge_and_write() -> dict[str, Any]:
        judged = judge_rows(bulk, indexes, lock=not bulk.dry_run)
        _refuse_changed(bulk, number, judged)
        values = _progress(bulk, indexes, judged)
        written: Sequence[Transaction] = ()
        if not bulk.dry_run:
            drafts = shown(judged.drafts, show_ineligible=bulk.show_ineligible)
            written = write(drafts, bulk=bulk, actor=asker(bulk))
        if after is not None:
            after(indexes, judged, written)
        _advance(bulk, values, ctx)
        return values

    for name, value in until_unique(judge_and_write).items():
        setattr(bulk, name, value)


def _refuse_changed(bulk: BulkRequest, number: int, judged: Judged) -> None:
    """A plan is carried out as it was shown, or not at all."""
    plan = bulk.planned_from
    if plan is not None and digest(judged) != plan.plan_digests[number]:
        raise PlanChanged(differences(plan, judged), len(bulk.requests) - bulk.done)


def _progress(bulk: BulkRequest, indexes: Sequence[int], judged: Judged) -> dict[str, Any]:
    """The columns of the request set once this chunk is done."""
    tally = Tally.kept(bulk.counts)
    tally.add(judged.drafts, hide_ineligible=not bulk.show_ineligible)
    errors = {index: refusal.as_json() for index, refusal in judged.refusals.items()}
    values: dict[str, Any] = {"done": bulk.done + len(indexes), "counts": tally.as_json()}
    if errors:
        values["errors"] = bulk.errors | {str(index): error for index, error in errors.items()}
    if bulk.dry_run:
        visible = shown(judged.drafts, show_ineligible=bulk.show_ineligible)
        asked = [(index, str(bulk.requests[index]["external_id"])) for index in indexes]
        values["plan"] = shelf.add(bulk.plan, planned_requests(asked, visible, errors))
        values["plan_digests"] = [*bulk.plan_digests, digest(judged)]
    return values


def _advance(bulk: BulkRequest, values: dict[str, Any], ctx: Reports | None) -> None:
    """Note the chunk as done, unless somebody else has done it: then nothing of it is kept."""
    ours = BulkRequest.objects.filter(pk=bulk.pk, status=BulkStatus.RUNNING, done=bulk.done)
    if not ours.update(**values):
        raise Conflict("Somebody else carries this request set out.", "Wait for its result.")
    if ctx is not None:
        ctx.save_checkpoint(done=values["done"])
