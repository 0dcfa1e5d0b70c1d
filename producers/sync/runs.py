"""Asking for a sync, and the books of a run. What a run does is in :mod:`producers.sync.reading`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F

from core import clock
from core.actor import Actor
from core.bulk import insert_values
from core.errors import InvalidInput
from core.jobs import services as jobs
from core.jobs.models import IS_OPEN, Job
from nipr.config import RegistryConfig
from producers.enums import SyncRunKind, SyncRunStatus, SyncSource, SyncStatus
from producers.models import Producer, SyncItem, SyncRun
from producers.sync.outcomes import Outcome, not_on_registry

SYNC_JOB = "producers.sync_producers"
NIGHTLY_JOB = "producers.nightly_sync"
_LOOKED_AT = (
    "pk", "npn", "dummy_npn", "entity_type", "company_name", "first_name", "middle_name", "last_name", "suffix",
)  # fmt: skip
T = TypeVar("T")
_AT_ONCE = 10_000
"""Producers of one statement; far below the variable limits of both databases."""


def sync_cost(producers: int) -> int:
    """What full reports of that many producers cost today at the most, in cents."""
    return RegistryConfig.from_settings().lookup_price(clock.today()) * producers


@transaction.atomic
def request_sync(
    producer_ids: Collection[int], *, actor: Actor, reason: str = "", accept_removals: bool = False
) -> Job:
    """Read producers from the registry in the background: each full report is paid for (:func:`sync_cost`).

    Producers without an NPN and those with a dummy one are left out, and the job says so. Those that wait in a run
    already are not bought twice; when all do, that run's job is the answer.
    """
    asked = _sorted_out(producer_ids, waiting_too=accept_removals)
    if not asked.fresh:
        if asked.waits_for is None:
            raise InvalidInput([{"path": "producers", "code": "not_on_registry", "message": _NOBODY_TO_ASK}])
        return Job.objects.get(pk=asked.waits_for)
    run = open_run(
        SyncRunKind.SINGLE if len(asked.fresh) == 1 else SyncRunKind.SELECTION,
        asked_by=actor.label,
        reason=reason or "Asked for",
        removals_accepted=accept_removals,
    )
    for block in _blocks(asked.fresh):
        _insert_items(run, block)
    for left_out in _blocks(asked.left_out):
        close_items(run, [not_on_registry(pk, npn) for pk, npn in left_out])
    return _enqueue(run, asked, actor)


_NOBODY_TO_ASK = (
    "There is nobody to ask the registry about: a producer needs an NPN, and a dummy NPN is never sent there."
)


def request_nightly_sync(*, actor: Actor, day: date | None = None) -> Job:
    """Start the nightly sync unless one is under way. With ``day`` it is started once for that day, ever."""
    period = f"{NIGHTLY_JOB}:{day.isoformat()}" if day else ""
    return jobs.enqueue(NIGHTLY_JOB, {}, actor=actor, dedupe_key=NIGHTLY_JOB, period_key=period)


def open_run(kind: SyncRunKind, *, asked_by: str, reason: str, removals_accepted: bool = False) -> SyncRun:
    """A new run's row."""
    return SyncRun.objects.create(
        kind=kind,
        asked_by=asked_by[:200],
        reason=reason[:200],
        removals_accepted=removals_accepted,
        started_at=clock.now(),
    )


@transaction.atomic
def add_items(run: SyncRun, producer_ids: Iterable[int]) -> None:
    """Producers whose full report the run is to read. Those it has already stay as they are."""
    # Whoever else adds to the run waits here, so that what is not there yet is not there when it is inserted.
    SyncRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    for block in _blocks(sorted(set(producer_ids))):
        there = run.items.filter(source=SyncSource.ENTITY_REPORT, producer__pk__among=block)
        _insert_items(run, sorted(set(block).difference(there.values_list("producer_id", flat=True))))


def close_items(
    run: SyncRun, outcomes: Sequence[Outcome], source: SyncSource = SyncSource.ENTITY_REPORT
) -> None:
    """Write the outcomes of a batch into the run's items and counts."""
    if not outcomes:
        return
    now = clock.now()
    items = [
        SyncItem(
            run=run,
            producer_id=outcome.producer_id,
            source=source,
            done_at=now,
            status="" if outcome.skipped else outcome.status,
            message=outcome.message[:500],
            changes=outcome.changes,
        )
        for outcome in outcomes
    ]
    SyncItem.objects.bulk_create(
        items,
        update_conflicts=True,
        unique_fields=["run", "producer", "source"],
        update_fields=["done_at", "status", "message", "changes"],
    )
    finished = [outcome for outcome in outcomes if not outcome.skipped]
    failed = sum(outcome.failed for outcome in finished)
    changed = sum(outcome.changed for outcome in finished)
    SyncRun.objects.filter(pk=run.pk).update(
        producers=F("producers") + len(finished),
        failed=F("failed") + failed,
        changed=F("changed") + changed,
        unchanged=F("unchanged") + len(finished) - failed - changed,
        changes=F("changes") + sum(outcome.changes for outcome in finished),
    )


def close_run(run: SyncRun, status: SyncRunStatus, message: str) -> None:
    """The end of a run."""
    run.refresh_from_db()
    run.status, run.message, run.finished_at = status, message[:1000], clock.now()
    run.save(update_fields=["status", "message", "finished_at"])


@dataclass(slots=True)
class _Asked:
    """Producers that were asked for, by what is to be done about them: ids only, since there may be very many."""

    fresh: list[int] = field(default_factory=list)
    one: tuple[Any, ...] = ()
    """What was looked at of one of them."""
    left_out: list[tuple[int, str | None]] = field(default_factory=list)
    """Of whom the registry cannot be asked, with their NPNs."""
    waits_for: UUID | None = None
    """The job of a run in which one of them waits already."""


def _sorted_out(producer_ids: Iterable[int], *, waiting_too: bool) -> _Asked:
    """Look at everyone who was asked for, in a few statements for ten thousand."""
    asked = _Asked()
    for block in _blocks(sorted(set(producer_ids))):
        known: dict[int, tuple[Any, ...]] = {}
        for row in Producer.objects.filter(pk__among=block).order_by("pk").values_list(*_LOOKED_AT):
            pk, npn, dummy_npn, *_ = row
            if npn and not dummy_npn:
                known[pk] = row
            else:
                asked.left_out.append((pk, npn))
        waiting = {} if waiting_too else _waiting_in_runs(known)
        fresh = [pk for pk in known if pk not in waiting]
        asked.fresh += fresh
        asked.one = known[fresh[-1]] if fresh else asked.one
        asked.waits_for = asked.waits_for or next(iter(waiting.values()), None)
    return asked


def _waiting_in_runs(producer_ids: Collection[int]) -> dict[int, UUID]:
    """Producers whose full report a run under way is still to read, with the job of that run."""
    open_jobs = Job.objects.filter(IS_OPEN, kind=SYNC_JOB).values("pk")
    items = SyncItem.objects.filter(
        producer__pk__among=producer_ids,
        done_at=None,
        source=SyncSource.ENTITY_REPORT,
        run__job_id__in=open_jobs,
    )
    return {pk: job_id for pk, job_id in items.values_list("producer_id", "run__job_id") if job_id}


def _insert_items(run: SyncRun, producer_ids: Iterable[int]) -> None:
    """Producers who are not in the run yet."""
    insert_values(SyncItem, ("run_id", "producer_id"), [(run.pk, pk) for pk in producer_ids])


def _enqueue(run: SyncRun, asked: _Asked, actor: Actor) -> Job:
    now = clock.now()
    for block in _blocks(asked.fresh):
        Producer.objects.filter(pk__among=block).update(
            sync_status=SyncStatus.QUEUED, sync_message="", sync_status_at=now
        )
    label = f"{len(asked.fresh):,} producers"
    if len(asked.fresh) == 1:
        label = Producer(**dict(zip(_LOOKED_AT, asked.one, strict=True))).display_name
    if asked.left_out:
        label += f"; {len(asked.left_out):,} left out, who have no NPN of the registry"
    job = jobs.enqueue(SYNC_JOB, {"run_id": run.pk}, actor=actor, subject_label=label)
    SyncRun.objects.filter(pk=run.pk).update(job_id=job.pk)
    return job


def _blocks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many at a time as one statement takes."""
    return (rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE))
