"""Tying approved transactions to registry facts after a sync."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction as database

from appointments.enums import RegistryShows, StatusDetail, TransactionKind, TransactionStatus
from appointments.models import Appointment, Transaction
from appointments.moves import announce, holds_its_key
from appointments.services.ties.matching import Facts, Found, find
from core import clock
from core.actor import Actor
from core.audit import services as audit
from producers.enums import ChangeEffect, ChangeKind
from producers.models import Change
from producers.selectors import HELD
from rulebook.models import TerminationReason

GRACE = timedelta(days=3)
"""How long after its approval a producer's sync may still show the old state: registries are not updated at once."""
TIED_KINDS = (TransactionKind.APPOINTMENT, TransactionKind.TERMINATION)
REGISTRY = Actor.gateway("NIPR")
AT_ONCE = 500

_DETAILS = {
    RegistryShows.SHOWN: StatusDetail.SHOWN,
    RegistryShows.DIFFERS: StatusDetail.SHOWN,
    RegistryShows.MISSING: StatusDetail.NOT_SHOWN,
}


@dataclass(frozen=True, slots=True)
class Tied:
    """How many were found shown, different, and missing."""

    shown: int = 0
    differs: int = 0
    missing: int = 0

    def __add__(self, other: Tied) -> Tied:
        return Tied(self.shown + other.shown, self.differs + other.differs, self.missing + other.missing)


def on_facts_changed(sender: object, producer_ids: Collection[int], **_more: Any) -> None:
    """For the signal ``producers.signals.facts_changed``: tie in the transaction that wrote the facts."""
    tie(producer_ids)


def tie(producer_ids: Collection[int]) -> Tied:
    """Compare approved transactions of these producers with the facts as they stand.

    What is tied is not open any more. A difference, and what is not shown after :data:`GRACE`, goes to Changes. What
    was missing and shows up later is tied then. A constant number of queries for :data:`AT_ONCE` producers.
    """
    ids, tied = sorted(set(producer_ids)), Tied()
    for start in range(0, len(ids), AT_ONCE):
        with audit.operation(), database.atomic():
            tied += _tie(_waiting(ids[start : start + AT_ONCE]))
    return tied


def tie_waiting() -> Tied:
    """The same for everybody with an approved transaction that the registry does not show yet; for the night."""
    waiting = Transaction.objects.filter(
        status=TransactionStatus.APPROVED, kind__in=TIED_KINDS, registry_shows=RegistryShows.NOT_YET
    )
    return tie(set(waiting.order_by().values_list("producer_id", flat=True)))


def _waiting(producer_ids: Sequence[int]) -> list[Transaction]:
    rows = Transaction.objects.filter(
        producer__in=producer_ids,
        status=TransactionStatus.APPROVED,
        kind__in=TIED_KINDS,
        registry_shows__in=(RegistryShows.NOT_YET, RegistryShows.MISSING),
    )
    named = ("producer__last_synced_at", "company__fein", "company__name")
    columns = [field.name for field in Transaction._meta.concrete_fields if field.name not in _HEAVY]
    rows = rows.select_related("producer", "company").only(*columns, *named)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


_HEAVY = ("decisions", "application", "validation_errors")


def _tie(rows: list[Transaction]) -> Tied:
    if not rows:
        return Tied()
    facts = Facts(_facts(rows), _labels(rows))
    looked = ((row, find(row, facts) or _missing(row)) for row in rows)
    news = [(row, found) for row, found in looked if found]
    _write(news)
    Change.objects.bulk_create(_change(row, found) for row, found in news if found.told)
    counts = Counter(found.shows for _row, found in news)
    return Tied(counts[RegistryShows.SHOWN], counts[RegistryShows.DIFFERS], counts[RegistryShows.MISSING])


def _facts(rows: Iterable[Transaction]) -> list[Appointment]:
    """Everything the registry shows of these producers in these states: one query."""
    places = {(row.producer_id, row.state) for row in rows}
    found = Appointment.objects.filter(
        HELD, producer__in={place[0] for place in places}, state__in={place[1] for place in places}
    )
    return [fact for fact in found.order_by("pk") if (fact.producer_id, fact.state) in places]


def _labels(rows: Iterable[Transaction]) -> dict[str, str]:
    slugs = {row.reason for row in rows if row.reason}
    return dict(TerminationReason.objects.filter(slug__in=slugs).values_list("slug", "label"))


def _missing(row: Transaction) -> Found | None:
    """Synced long enough after its approval, and still not shown."""
    synced, approved = row.producer.last_synced_at, row.final_at
    if row.registry_shows == RegistryShows.MISSING or synced is None or approved is None:
        return None
    if synced < approved + GRACE:
        return None
    still = "still shows the appointment" if row.kind == TransactionKind.TERMINATION else "does not show it"
    return Found(RegistryShows.MISSING, None, f"NIPR told that it is approved; the registry {still}.")


def _write(news: Sequence[tuple[Transaction, Found]]) -> None:
    rows = [row for row, _found in news]
    records = []
    for row, found in news:
        changes = {"registry_shows": [row.registry_shows, found.shows.value]}
        records.append(audit.AuditRecord("transaction.tied", REGISTRY, row, changes, found.told))
        row.registry_shows, row.registry_fact = found.shows, found.fact
        row.status_detail = _DETAILS[found.shows]
        row.is_open = holds_its_key(row)
    Transaction.objects.bulk_update(
        rows, ["registry_shows", "registry_fact", "status_detail", "is_open"], batch_size=200
    )
    audit.record_many(records)
    announce(row.producer_id for row in rows)


def _change(row: Transaction, found: Found) -> Change:
    company = row.company.name if row.company else row.cocode
    subject = f"{row.number} {row.state} {company}: {row.loa or row.loa_code}. {found.told}"
    return Change(
        producer_id=row.producer_id,
        kind=ChangeKind.APPOINTMENT,
        effect=ChangeEffect.CHANGED,
        state=row.state,
        subject=subject[:250],
        fields={"transaction": [None, row.number], **found.fields},
        known_at=clock.now(),
    )
