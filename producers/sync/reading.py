"""Reading the full reports of a run: claim, fetch side by side, write, close the books, batch after batch.

Each batch is claimed, and its outcomes are committed together with its facts: a run that is killed has lost at most one
batch of documents, and whoever goes on reads that batch again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Q, QuerySet

from core import clock
from core.jobs.context import CancelRequested
from nipr.client import RegistryClient
from nipr.config import RegistryConfig
from nipr.errors import ErrorKind, RegistryError
from nipr.ledger import DatabaseLedger, asking
from nipr.wire.messages import EntityReport
from producers.enums import SyncRunStatus, SyncSource, SyncStatus
from producers.models import Producer, SyncItem, SyncRun
from producers.sync import claims, outcomes
from producers.sync.engine import Sitting, sync_reports
from producers.sync.guard import RemovalGuard, TooMuchVanished
from producers.sync.outcomes import Outcome
from producers.sync.reporting import Reporter
from producers.sync.runs import close_items, close_run

FETCHED_AT_ONCE = 100
"""Reports bought before they are written: what a killed worker can lose."""

FAILURES_IN_A_ROW = 10
"""So many look-ups that fail one after the other mean that the registry is down, not that ten producers are odd."""

LOOK_AGAIN_SECONDS = 2.0
RENEW_SECONDS = 20.0


class RegistryDown(Exception):
    """There is no use in asking on."""

    def __init__(self, error: RegistryError) -> None:
        super().__init__(error.message)
        self.error = error


class RunLedger(DatabaseLedger):
    """The cost ledger, which also adds up what this run spends."""

    def __init__(self, run: SyncRun) -> None:
        self._run = run

    def close(self, entry: int, *, outcome: str, price_cents: int, attempts: int, duration_ms: int) -> None:
        super().close(
            entry, outcome=outcome, price_cents=price_cents, attempts=attempts, duration_ms=duration_ms
        )
        if price_cents:
            spent = SyncRun.objects.filter(pk=self._run.pk)
            spent.update(paid_lookups=F("paid_lookups") + 1, cost_cents=F("cost_cents") + price_cents)


def client_for(run: SyncRun) -> RegistryClient:
    """The registry, with the run's own page in the cost ledger."""
    return RegistryClient(RegistryConfig.from_settings(), RunLedger(run), clock=clock.now)


def carry_out(run: SyncRun, reporter: Reporter, *, asked_by_kind: str = "task") -> SyncRun:
    """Read what the run is to read, and close it. A run that was killed goes on with what is left."""
    with client_for(run) as client, asking(run.asked_by, run.reason, kind=asked_by_kind):
        reading = Reading(run, client, reporter)
        with closed_when_cancelled(reading):
            status, message = ended(reading)
    close_run(run, status, message or summary(run))
    return run


@contextmanager
def closed_when_cancelled(reading: Reading) -> Iterator[None]:
    """A run that somebody stops is over: no night takes it for one that was killed."""
    try:
        yield
    except CancelRequested:
        reading.give_up("Not read: the sync was cancelled. Press Sync to read it.")
        close_run(reading.run, SyncRunStatus.FAILED, f"Cancelled. {summary(reading.run)}")
        raise


def ended(reading: Reading) -> tuple[SyncRunStatus, str]:
    """Read everything, or as much as the registry and the guard allow. The message is blank when all went well."""
    try:
        reading.read_all()
    except TooMuchVanished as stopped:
        reading.refuse(stopped)
        reading.give_up("Not read: the run was stopped before its turn. The nightly sync tries again.")
        return SyncRunStatus.STOPPED, str(stopped)
    except RegistryDown as down:
        reading.give_up(f"Not read. {down} The nightly sync tries again; or press Sync later.")
        if down.error.kind is ErrorKind.FIX_CONFIGURATION:
            return SyncRunStatus.FAILED, str(down)
        return SyncRunStatus.INCOMPLETE, f"{down} What was not read is read by the next nightly sync."
    return SyncRunStatus.DONE, ""


def summary(run: SyncRun) -> str:
    """A finished run in one sentence."""
    run.refresh_from_db()
    producers = outcomes.counted(run.producers, "producer").capitalize()
    return (
        f"{producers}: {run.changed:,} changed, {run.unchanged:,} unchanged, "
        f"{run.failed:,} failed; {outcomes.counted(run.changes, 'change')}; "
        f"{outcomes.counted(run.paid_lookups, 'paid report')}, ${run.cost_cents / 100:,.2f}."
    )


@dataclass(slots=True)
class Reading:
    """One run's way through its items."""

    run: SyncRun
    client: RegistryClient
    reporter: Reporter
    sitting: Sitting = field(init=False)
    _failures_in_a_row: int = 0

    def __post_init__(self) -> None:
        guard = RemovalGuard.from_settings(removals_accepted=self.run.removals_accepted)
        self.sitting = Sitting(self.run, guard, self.run.claim)

    def read_all(self) -> None:
        """All items that wait; last of all those that another sync was busy with."""
        busy = [producer_id for batch in self._waiting() for producer_id in self._read(batch)]
        give_up_at = time.monotonic() + claims.LEASE.total_seconds() + LOOK_AGAIN_SECONDS
        while busy and time.monotonic() <= give_up_at:
            self.reporter.raise_if_cancelled()
            time.sleep(LOOK_AGAIN_SECONDS)
            busy = self._read(busy)
        self._close([outcomes.taken_over(producer_id) for producer_id in busy])

    def give_up(self, reason: str) -> None:
        """Say on every producer that was not read that it was not, and why. The next nightly run reads it."""
        waiting = self._items().values_list("producer_id", flat=True)
        self._fail(waiting, SyncStatus.RETRY_ERROR, reason, SyncSource.ENTITY_REPORT)

    def refuse(self, stopped: TooMuchVanished, source: SyncSource = SyncSource.ENTITY_REPORT) -> None:
        """Say on those whose facts would have vanished that a person has to decide; no night does it for them."""
        self._fail(stopped.losers, SyncStatus.PROCESSING_ERROR, str(stopped), source)

    def _fail(self, producer_ids: Iterable[int], status: SyncStatus, reason: str, source: SyncSource) -> None:
        failed = [Outcome(producer_id, status, reason) for producer_id in producer_ids]
        with transaction.atomic():
            outcomes.record(failed, known_at=clock.now(), full_report=False)
            close_items(self.run, failed, source)

    def _items(self) -> QuerySet[SyncItem]:
        return self.run.items.filter(source=SyncSource.ENTITY_REPORT, done_at=None)

    def _waiting(self) -> Iterator[list[int]]:
        last = 0
        while batch := list(self._items().filter(pk__gt=last).order_by("pk")[:FETCHED_AT_ONCE]):
            last = batch[-1].pk
            yield [item.producer_id for item in batch]
            self.reporter.raise_if_cancelled()

    def _read(self, producer_ids: Sequence[int]) -> list[int]:
        """Fetch and write one batch; returns the producers that another sync is busy with."""
        token = self.run.claim
        claimed = claims.claim(producer_ids, token)
        try:
            self._fetch_and_write(claimed - self._read_meanwhile(claimed))
        finally:
            claims.release(claimed, token)
        return [producer_id for producer_id in producer_ids if producer_id not in claimed]

    def _read_meanwhile(self, producer_ids: set[int]) -> set[int]:
        """Those whose report another run has read since this one was asked for: there is nothing left to buy."""
        fresh = Producer.objects.filter(pk__in=producer_ids, last_report_at__gte=self.run.started_at)
        done = set(fresh.values_list("pk", flat=True))
        said = "Synced meanwhile by another run."
        self._close([Outcome(each, SyncStatus.SUCCESS, summary=said, skipped=True) for each in done])
        return done

    def _fetch_and_write(self, claimed: set[int]) -> None:
        rows = Producer.objects.filter(pk__in=claimed)
        unknown = rows.filter(Q(npn=None) | Q(dummy_npn=True))
        left_out = [outcomes.not_on_registry(pk, npn) for pk, npn in unknown.values_list("pk", "npn")]
        askable = rows.exclude(npn=None).exclude(dummy_npn=True)
        ids_by_npn = {npn: pk for pk, npn in askable.values_list("pk", "npn") if npn}
        askable.update(sync_status=SyncStatus.PROCESSING, sync_status_at=clock.now())
        reports: list[tuple[int, EntityReport]] = []
        refused: list[Outcome] = []
        down: RegistryDown | None = None
        for producer_id, answer in self._answers(ids_by_npn):
            if isinstance(answer, RegistryError):
                refused.append(outcomes.refused(producer_id, answer))
                down = down or self._seems_down(answer)
            else:
                self._failures_in_a_row = 0
                reports.append((producer_id, answer))
            if down:
                break
        self._write(reports, [*refused, *left_out])
        if down:
            raise down

    def _answers(self, ids_by_npn: dict[str, int]) -> Iterator[tuple[int, EntityReport | RegistryError]]:
        renewed = time.monotonic()
        for npn, answer in self.client.entity_reports(ids_by_npn):
            if time.monotonic() - renewed > RENEW_SECONDS:
                claims.renew(ids_by_npn.values(), self.run.claim)
                renewed = time.monotonic()
            yield ids_by_npn[npn], answer

    def _seems_down(self, error: RegistryError) -> RegistryDown | None:
        if error.kind is ErrorKind.FIX_CONFIGURATION:
            return RegistryDown(error)
        self._failures_in_a_row = self._failures_in_a_row + 1 if error.kind is ErrorKind.RETRY else 0
        return RegistryDown(error) if self._failures_in_a_row >= FAILURES_IN_A_ROW else None

    def _write(self, reports: Sequence[tuple[int, EntityReport]], others: list[Outcome]) -> None:
        known_at = clock.now()
        with transaction.atomic():
            written = sync_reports(reports, known_at=known_at, sitting=self.sitting) if reports else []
            outcomes.record(others, known_at=known_at, full_report=False)
            self._close([*written, *others])

    def _close(self, done: list[Outcome]) -> None:
        if not done:
            return
        close_items(self.run, done)
        self._log_failures([outcome for outcome in done if outcome.failed])
        self.reporter.count(
            producers=sum(not outcome.skipped for outcome in done),
            changed=sum(outcome.changed for outcome in done),
            failed=sum(outcome.failed for outcome in done),
            changes=sum(outcome.changes for outcome in done),
        )
        items = self.run.items.filter(source=SyncSource.ENTITY_REPORT)
        self.reporter.progress(items.exclude(done_at=None).count(), items.count())

    def _log_failures(self, failed: Sequence[Outcome]) -> None:
        producers = Producer.objects.filter(pk__in=[outcome.producer_id for outcome in failed])
        npns = dict(producers.values_list("pk", "npn")) if failed else {}
        for outcome in failed:
            self.reporter.log(f"NPN {npns.get(outcome.producer_id)}: {outcome.message}", "warning")
