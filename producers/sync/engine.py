"""Writing what the registry says of up to some hundred producers, in a number of queries that does not grow with them.

One transaction a batch: facts, changes, the producers' own fields, their statuses, and the signal. When a batch fails
it is halved until the document that cannot be kept stands alone, so one bad document fails one producer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from core.bulk import insert_many
from nipr.wire import messages
from producers.enums import ChangeEffect, ChangeKind, EntityType, SyncStatus
from producers.models import Change, License, Producer, SyncRun, SyncState
from producers.services.validation import ssn_hash
from producers.signals import facts_changed
from producers.sinks import Applied, SyncedEntity, pour
from producers.sync import biographic, claims, outcomes
from producers.sync.digest import report_digest
from producers.sync.facts import Scope, write_facts
from producers.sync.guard import RemovalGuard
from producers.sync.mapping import FACT_MODELS, FactRows, report_rows
from producers.sync.outcomes import Outcome
from producers.sync.rows import Notes

BATCH = 500
CANNOT_BE_KEPT = (DataError, IntegrityError, ValueError, OverflowError)
"""What a document that does not fit our tables raises. Anything else is our fault or the database's, and is raised."""

EMPTY_FILE_AT_LEAST = 3
"""A file without any licence is believed of a producer with fewer licences than this."""

Reports = Sequence[tuple[int, messages.EntityReport]]
Document = TypeVar("Document", bound=tuple[int, object])
"""A producer's id and what the registry sent about it."""


@dataclass(slots=True)
class Entry:
    """One producer's document on its way into the tables."""

    producer: Producer
    state: SyncState
    report: messages.EntityReport
    digest: str
    notes: Notes = field(default_factory=Notes)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_first_load(self) -> bool:
        return self.producer.last_report_at is None

    @property
    def remark(self) -> str:
        return " ".join([*self.warnings, *self.notes.sentences()])


@dataclass(frozen=True, slots=True)
class Sitting:
    """What the batches of one run share."""

    run: SyncRun | None
    guard: RemovalGuard
    claim: UUID | None = None
    """Only producers that still hold this claim are written; None asks no claim."""

    @property
    def run_id(self) -> int | None:
        return self.run.pk if self.run else None


def sync_reports(reports: Reports, *, known_at: datetime, sitting: Sitting) -> list[Outcome]:
    """Apply full reports of at most :data:`BATCH` producers. Raises TooMuchVanished; else every one has an outcome."""
    return in_halves(reports, lambda part: _sync(part, known_at, sitting), known_at, sitting.guard)


def in_halves(
    batch: Sequence[Document],
    write: Callable[[Sequence[Document]], tuple[list[Outcome], Applied]],
    known_at: datetime,
    guard: RemovalGuard,
) -> list[Outcome]:
    """Write a batch in one transaction. If it cannot be kept, write its halves, down to the one that is to blame."""
    try:
        with transaction.atomic():
            written, applied = write(batch)
    except CANNOT_BE_KEPT as error:
        if len(batch) == 1:
            failed = outcomes.cannot_be_kept(batch[0][0], error)
            outcomes.record([failed], known_at=known_at, full_report=False)
            return [failed]
        middle = len(batch) // 2
        halves = batch[:middle], batch[middle:]
        return [outcome for half in halves for outcome in in_halves(half, write, known_at, guard)]
    guard.count(applied.removed, applied.known)
    return written


def _sync(reports: Reports, known_at: datetime, sitting: Sitting) -> tuple[list[Outcome], Applied]:
    applied = Applied()
    remembered = locked_states([producer_id for producer_id, _ in reports], sitting.claim)
    done: list[Outcome] = []
    differing: list[tuple[int, messages.EntityReport, str]] = []
    same: list[int] = []
    for producer_id, report in reports:
        if producer_id not in remembered:
            done.append(outcomes.taken_over(producer_id))
            continue
        digest = report_digest(report)
        last_digest, remark = remembered[producer_id]
        if digest == last_digest:
            same.append(producer_id)
            done.append(outcomes.unchanged(producer_id, report, remark))
        else:
            differing.append((producer_id, report, digest))
    if differing:
        done += _write(_entries(differing, done, sitting), applied, known_at, sitting)
    # A report that says nothing new was looked at all the same: nobody has to buy it again.
    SyncState.objects.filter(producer_id__in=same).exclude(report_wanted="").update(report_wanted="")
    outcomes.record(done, known_at=known_at, full_report=True)
    return done, applied


def locked_states(producer_ids: Sequence[int], claim: UUID | None) -> dict[int, tuple[str, str]]:
    """Lock what is remembered of producers, and say what their last reports' digests and remarks were.

    Where a claim is asked for, those that do not hold it any more are missing.
    """
    if claim is None:
        claims.ensure_states(producer_ids)
    states = SyncState.objects.filter(producer_id__in=producer_ids).order_by("pk").select_for_update()
    if claim is not None:
        states = states.filter(claim=claim)
    rows = states.values_list("producer_id", "report_digest", "remark")
    return {producer_id: (digest, remark) for producer_id, digest, remark in rows}


def _entries(
    differing: Sequence[tuple[int, messages.EntityReport, str]],
    done: list[Outcome],
    sitting: Sitting,
) -> list[Entry]:
    """The documents to be written. Those that must not be are refused: their outcomes go to ``done``."""
    ids = [producer_id for producer_id, _, _ in differing]
    producers = Producer.objects.order_by("pk").select_for_update().in_bulk(ids)
    states = SyncState.objects.in_bulk(ids)
    empty = [producer_id for producer_id, report, _ in differing if not report.licenses]
    held = _licenses_held(empty) if empty and not sitting.guard.removals_accepted else {}
    entries = []
    for producer_id, report, digest in differing:
        producer = producers[producer_id]
        refusal = _other_kind(producer, report)
        if held.get(producer_id, 0) >= EMPTY_FILE_AT_LEAST and producer.last_report_at:
            refusal = (
                f"The registry's report has no license, but {held[producer_id]} are known here. Nothing was changed. "
                "If the registry is right, sync again and accept the removals."
            )
        if refusal:
            done.append(Outcome(producer_id, SyncStatus.PROCESSING_ERROR, refusal))
        else:
            entries.append(Entry(producer, states[producer_id], report, digest))
    return entries


def _licenses_held(producer_ids: Sequence[int]) -> dict[int, int]:
    held: dict[int, int] = {}
    current = License.objects.filter(producer_id__in=producer_ids, known_to=None, removed_at=None)
    for producer_id in current.values_list("producer_id", flat=True):
        held[producer_id] = held.get(producer_id, 0) + 1
    return held


def _other_kind(producer: Producer, report: messages.EntityReport) -> str:
    """A sentence when the registry knows the NPN as an individual and we as an agency, or the reverse."""
    if producer.entity_type == report.entity_type:
        return ""
    if producer.last_report_at is None and not (producer.last_name or producer.company_name):
        producer.entity_type = EntityType(report.entity_type)
        return ""
    theirs = "an agency" if report.entity_type is messages.EntityType.FIRM else "an individual"
    ours = "an agency" if producer.is_firm else "an individual"
    return (
        f"NPN {producer.npn} is {theirs} at the registry and {ours} here. Correct the NPN, then sync again."
    )


def _write(entries: list[Entry], applied: Applied, known_at: datetime, sitting: Sitting) -> list[Outcome]:
    """Facts, the producers' own fields, changes and signal of documents that say something new."""
    if not entries:
        return []
    whole = Scope(whole={entry.producer.pk for entry in entries})
    rows: FactRows = {model: [] for model in FACT_MODELS}
    for entry in entries:
        for model, found in report_rows(entry.producer.pk, entry.report, entry.notes).items():
            rows[model] += found
    for model in FACT_MODELS:
        applied.add(write_facts(model, whole, rows[model], known_at=known_at, run_id=sitting.run_id))
    applied.add(pour(_entities(entries), known_at=known_at, sync_run_id=sitting.run_id))
    if any(not entry.is_first_load for entry in entries):
        sitting.guard.check(applied.removed, applied.known, applied.losers)
    own = _follow_registry(entries, known_at, sitting.run_id)
    applied.add(own)
    first_loads = {entry.producer.pk for entry in entries if entry.is_first_load}
    counts = publish(applied, known_at, without_changes_of=first_loads)
    _remember(entries)
    return [
        outcomes.written(
            entry.producer.pk,
            entry.report,
            changes=counts.get(entry.producer.pk, 0),
            is_first_load=entry.is_first_load,
            changed=entry.producer.pk in applied.producer_ids,
            remark=entry.remark,
        )
        for entry in entries
    ]


def _entities(entries: Sequence[Entry]) -> list[SyncedEntity]:
    return [
        SyncedEntity(entry.producer.pk, entry.report.appointments, notes=entry.notes) for entry in entries
    ]


def _follow_registry(entries: Sequence[Entry], known_at: datetime, run_id: int | None) -> Applied:
    applied = Applied()
    touched: list[Producer] = []
    taken = _numbers_taken(entries)
    for entry in entries:
        producer, values = entry.producer, biographic.registry_values(entry.report)
        followed = biographic.follow(producer, entry.state.registry_values, values)
        biographic.fill_personal(producer, entry.report.biographic, followed, taken=taken)
        entry.state.registry_values = values
        entry.warnings += followed.warnings
        applied.changes += own_changes(producer, followed, known_at, run_id)
        if followed.touched:
            touched.append(producer)
            applied.producer_ids.add(producer.pk)
    save_own_fields(touched)
    return applied


def save_own_fields(producers: Sequence[Producer]) -> None:
    """One statement, and only the fields the registry may fill. An upsert is some times faster than bulk_update.

    The version moves on, so that a form opened before cannot put the old values back unseen.
    """
    for producer in producers:
        producer.version += 1
    if producers:
        Producer.objects.bulk_create(
            producers,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["entity_type", "version", *biographic.WRITTEN_FIELDS],
        )


def _numbers_taken(entries: Sequence[Entry]) -> set[str]:
    """Hashes of social security numbers given by these documents that some producer has already."""
    given = {
        ssn_hash(ssn)
        for entry in entries
        if not entry.producer.ssn_hash and (ssn := biographic.unmasked_ssn(entry.report.biographic))
    }
    if not given:
        return set()
    return set(Producer.objects.filter(ssn_hash__in=given).values_list("ssn_hash", flat=True))


def own_changes(
    producer: Producer, followed: biographic.Followed, known_at: datetime, run_id: int | None
) -> list[Change]:
    """Entries for Changes about the producer's own fields."""
    return [
        Change(
            producer_id=producer.pk,
            run_id=run_id,
            kind=ChangeKind.DEMOGRAPHICS,
            effect=ChangeEffect.CHANGED,
            subject=biographic.WORDS[name].capitalize() if name != "fein" else "FEIN",
            fields={name: list(pair)},
            known_at=known_at,
        )
        for name, pair in followed.changes.items()
    ]


def publish(applied: Applied, known_at: datetime, *, without_changes_of: set[int]) -> dict[int, int]:
    """Keep the changes and tell the rooms above. Counts by producer.

    A first load writes no changes: everything would be new, and a list of everything says nothing.
    """
    kept = [change for change in applied.changes if change.producer_id not in without_changes_of]
    insert_many(kept)
    if applied.producer_ids:
        facts_changed.send(sender=Producer, producer_ids=set(applied.producer_ids), known_at=known_at)
    counts: dict[int, int] = {}
    for change in kept:
        counts[change.producer_id] = counts.get(change.producer_id, 0) + 1
    return counts


def _remember(entries: Sequence[Entry]) -> None:
    for entry in entries:
        entry.state.report_digest = entry.digest
        entry.state.report_wanted = ""
        entry.state.remark = entry.remark[:500]
    SyncState.objects.bulk_create(
        [entry.state for entry in entries],
        update_conflicts=True,
        unique_fields=["producer"],
        update_fields=["report_digest", "registry_values", "remark", "report_wanted"],
    )
