"""Asking for a sync, and the books of a run. What a run does is in :mod:`producers.sync.reading`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F

from core import clock
from core.actor import Actor
from core.errors import InvalidInput
from core.jobs import services as jobs
from core.jobs.models import IS_OPEN, Job
from nipr.config import RegistryConfig
from producers.enums import SyncRunKind, SyncRunStatus, SyncSource, SyncStatus
from producers.models import Producer, SyncItem, SyncRun
from producers.sync.outcomes import Outcome, not_on_registry

SYNC_JOB = "producers.sync_producers"
NIGHTLY_JOB = "producers.nightly_sync"


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
    producers = list(Producer.objects.filter(pk__in=producer_ids).defer("ssn", "birth_date").order_by("pk"))
    known = [producer for producer in producers if producer.on_registry]
    if not known:
        raise InvalidInput([{"path": "producers", "code": "not_on_registry", "message": _NOBODY_TO_ASK}])
    waiting = {} if accept_removals else _waiting_in_runs([producer.pk for producer in known])
    fresh = [producer for producer in known if producer.pk not in waiting]
    if not fresh:
        return Job.objects.get(pk=next(iter(waiting.values())))
    run = open_run(
        SyncRunKind.SINGLE if len(fresh) == 1 else SyncRunKind.SELECTION,
        asked_by=actor.label,
        reason=reason or "Asked for",
        removals_accepted=accept_removals,
    )
    add_items(run, [producer.pk for producer in fresh])
    without_npn = [producer for producer in producers if not producer.on_registry]
    close_items(run, [not_on_registry(producer.pk, producer.npn) for producer in without_npn])
    return _enqueue(run, fresh, without_npn, actor)


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


def add_items(run: SyncRun, producer_ids: Iterable[int]) -> None:
    """Producers whose full report the run is to read. Those it has already stay as they are."""
    items = [SyncItem(run=run, producer_id=producer_id) for producer_id in producer_ids]
    SyncItem.objects.bulk_create(items, ignore_conflicts=True, batch_size=1000)


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


def _waiting_in_runs(producer_ids: Collection[int]) -> dict[int, UUID]:
    """Producers whose full report a run under way is still to read, with the job of that run."""
    open_jobs = Job.objects.filter(IS_OPEN, kind=SYNC_JOB).values("pk")
    items = SyncItem.objects.filter(
        producer_id__in=producer_ids, done_at=None, source=SyncSource.ENTITY_REPORT, run__job_id__in=open_jobs
    )
    return {pk: job_id for pk, job_id in items.values_list("producer_id", "run__job_id") if job_id}


def _enqueue(run: SyncRun, fresh: list[Producer], left_out: list[Producer], actor: Actor) -> Job:
    Producer.objects.filter(pk__in=[producer.pk for producer in fresh]).update(
        sync_status=SyncStatus.QUEUED, sync_message="", sync_status_at=clock.now()
    )
    label = fresh[0].display_name if len(fresh) == 1 else f"{len(fresh):,} producers"
    if left_out:
        label += f"; {len(left_out):,} left out, who have no NPN of the registry"
    job = jobs.enqueue(SYNC_JOB, {"run_id": run.pk}, actor=actor, subject_label=label)
    SyncRun.objects.filter(pk=run.pk).update(job_id=job.pk)
    return job
