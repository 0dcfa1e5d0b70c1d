"""Approved license transactions are tied to what the registry shows of the license."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction as database

from appointments.enums import LICENSING, RegistryShows, StatusDetail, TransactionKind, TransactionStatus
from appointments.models import Transaction
from appointments.moves import announce, holds_its_key
from appointments.services.ties.tying import AT_ONCE, GRACE, REGISTRY, Tied
from core import clock
from core.audit import services as audit
from producers.enums import ChangeEffect, ChangeKind
from producers.facts import license_facts
from producers.models import Change
from rulebook.rules.appointment_lines import WantedLine
from rulebook.rules.facts import LicenseFact
from rulebook.rules.license_in_force import in_force
from rulebook.rules.license_request_question import carries

Licenses = dict[tuple[int, str], list[LicenseFact]]
_DETAILS = {RegistryShows.SHOWN: StatusDetail.SHOWN, RegistryShows.MISSING: StatusDetail.NOT_SHOWN}


def on_facts_changed(sender: object, producer_ids: Collection[int], **_more: Any) -> None:
    """For the signal ``producers.signals.facts_changed``: tie in the transaction that wrote the facts."""
    tie_licenses(producer_ids)


def tie_licenses(producer_ids: Collection[int]) -> Tied:
    """Compare approved applications and renewals of these producers with their licenses as they stand.

    What is shown is not open any more; what is not shown :data:`GRACE` after its approval, though a sync came since,
    goes to Changes, and is tied when it shows up later. A constant number of queries for :data:`AT_ONCE` producers.
    """
    ids, tied = sorted(set(producer_ids)), Tied()
    for start in range(0, len(ids), AT_ONCE):
        with audit.operation(), database.atomic():
            tied += _tie(_waiting(ids[start : start + AT_ONCE]))
    return tied


def tie_waiting_licenses() -> Tied:
    """The same for everybody with an approved one that the registry does not show yet; for the night."""
    waiting = Transaction.objects.filter(
        status=TransactionStatus.APPROVED, kind__in=LICENSING, registry_shows=RegistryShows.NOT_YET
    )
    return tie_licenses(set(waiting.order_by().values_list("producer_id", flat=True)))


def _waiting(producer_ids: Sequence[int]) -> list[Transaction]:
    rows = Transaction.objects.filter(
        producer__in=producer_ids,
        status=TransactionStatus.APPROVED,
        kind__in=LICENSING,
        registry_shows__in=(RegistryShows.NOT_YET, RegistryShows.MISSING),
    ).defer("decisions", "validation_errors", "producer__ssn", "producer__birth_date")
    return list(rows.select_related("producer").select_for_update(of=("self",)).order_by("pk"))


def _tie(rows: list[Transaction]) -> Tied:
    if not rows:
        return Tied()
    licenses = _licenses({row.producer_id for row in rows})
    news: list[tuple[Transaction, RegistryShows]] = []
    for row in rows:
        if _is_shown(row, licenses.get((row.producer_id, row.state), ())):
            news.append((row, RegistryShows.SHOWN))
        elif _is_missing(row):
            news.append((row, RegistryShows.MISSING))
    _write(news)
    Change.objects.bulk_create(_change(row) for row, shows in news if shows == RegistryShows.MISSING)
    counts = Counter(shows for _row, shows in news)
    return Tied(shown=counts[RegistryShows.SHOWN], missing=counts[RegistryShows.MISSING])


def _licenses(producer_ids: Collection[int]) -> Licenses:
    found: Licenses = defaultdict(list)
    for pk, licenses in license_facts(producer_ids).items():
        for license_ in licenses:
            found[pk, license_.state].append(license_)
    return found


def _is_shown(row: Transaction, licenses: Iterable[LicenseFact]) -> bool:
    """A renewal by a later expiration of its license; an application by every line it asked for, on one in force."""
    if row.kind == TransactionKind.LICENSE_RENEWAL:
        return any(_is_renewed(row, license_) for license_ in licenses if _is_same(row, license_))
    wanted = [
        WantedLine(str(line["loa_code"]), str(line["loa"])) for line in row.application.get("lines", ())
    ]
    today = clock.today()
    return any(
        in_force(license_, today) and all(carries(license_, line) for line in wanted)
        for license_ in licenses
        if not row.license_number or _is_same(row, license_)
    )


def _is_same(row: Transaction, license_: LicenseFact) -> bool:
    same_class = row.license_class_code in ("", license_.class_code)
    return license_.number == row.license_number and same_class


def _is_renewed(row: Transaction, license_: LicenseFact) -> bool:
    before = row.application.get("expiration_date")
    expires = license_.expiration_date
    return license_.active and (expires is None or before is None or expires.isoformat() > str(before))


def _is_missing(row: Transaction) -> bool:
    """Synced long enough after its approval, and not known as missing already."""
    synced, approved = row.producer.last_synced_at, row.final_at
    if row.registry_shows == RegistryShows.MISSING or synced is None or approved is None:
        return False
    return synced >= approved + GRACE


def _write(news: Sequence[tuple[Transaction, RegistryShows]]) -> None:
    records = []
    for row, shows in news:
        told = _told(row) if shows == RegistryShows.MISSING else ""
        changes = {"registry_shows": [row.registry_shows, shows.value]}
        records.append(audit.AuditRecord("transaction.tied", REGISTRY, row, changes, told))
        row.registry_shows, row.status_detail = shows, _DETAILS[shows]
        row.is_open = holds_its_key(row)
    rows = [row for row, _shows in news]
    Transaction.objects.bulk_update(rows, ["registry_shows", "status_detail", "is_open"], batch_size=200)
    audit.record_many(records)
    announce(row.producer_id for row in rows)


def _told(row: Transaction) -> str:
    if row.kind == TransactionKind.LICENSE_RENEWAL:
        return "NIPR told that it is renewed; the registry still shows the old term."
    return "NIPR told that it is approved; the registry does not show it."


def _change(row: Transaction) -> Change:
    return Change(
        producer_id=row.producer_id,
        kind=ChangeKind.LICENSE,
        effect=ChangeEffect.CHANGED,
        state=row.state,
        subject=f"{row.number} {row.state} {row.loa}. {_told(row)}"[:250],
        fields={"transaction": [None, row.number]},
        known_at=clock.now(),
    )
