"""Reads about producers, with names. Personal data is never loaded unless it is going to be revealed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.versioned import as_known_at
from producers.as_of import AsOf
from producers.enums import SYNCED, ChangeEffect, ChangeKind, Residency
from producers.identity import plain
from producers.models import (
    Address,
    Change,
    ContactInfo,
    License,
    LicenseLine,
    OtherName,
    Producer,
    ProducerAssignment,
    RegulatoryAction,
    SyncItem,
    SyncRun,
)

if TYPE_CHECKING:
    from core.accounts.models import User

PERSONAL = ("ssn", "birth_date")
EXPIRING_WITHIN = timedelta(days=90)
CURRENT = Q(known_to__isnull=True)
HELD = CURRENT & Q(removed_at__isnull=True)

LicenseKey = tuple[str, str, str, str, int]


def credits_due(last: date) -> Q:
    """Lines on which credits are still to be earned by then."""
    return HELD & Q(ce_credits_needed__gt=0, ce_renewal_date__lte=last)


def without_personal(*paths: str) -> list[str]:
    """What to defer so that no personal data is loaded: of the rows themselves ("") or of producers they join."""
    return [f"{path}{name}" for path in paths for name in PERSONAL]


def found_by_sync(kind: ChangeKind) -> QuerySet[Change]:
    """Of a fact's version: what a sync found new or different in it. What a first load brought is not among them."""
    return Change.objects.filter(
        kind=kind,
        effect__in=[ChangeEffect.ADDED, ChangeEffect.CHANGED],
        producer=OuterRef("producer"),
        state=OuterRef("state"),
        known_at=OuterRef("known_from"),
    )


def lapsed_residents(today: date, since: date) -> QuerySet[License]:
    """Resident licences that ran out since a day, or are not active, of producers who hold no other in force."""
    resident = License.objects.filter(HELD, residency=Residency.RESIDENT)
    not_over = Q(expiration_date=None) | Q(expiration_date__gte=today)
    in_force = resident.filter(not_over, active=True, producer=OuterRef("producer"))
    ran_out = Q(expiration_date__gte=since, expiration_date__lt=today)
    return resident.filter(ran_out | (not_over & Q(active=False)), ~Exists(in_force))


def producers() -> QuerySet[Producer]:
    """All producers, as lists and pages read them."""
    return Producer.objects.select_related("agency", "owner").defer(*without_personal("", "agency__"))


def producer_list(user: User | None = None) -> QuerySet[Producer]:
    return producers().filter(entity_type="individual")


def agency_list(user: User | None = None) -> QuerySet[Producer]:
    return producers().filter(entity_type="firm")


def change_list(user: User | None = None) -> QuerySet[Change]:
    """The Changes inbox, seen and unseen."""
    rows = Change.objects.select_related("producer", "producer__agency", "producer__owner", "acknowledged_by")
    return rows.defer(*without_personal("producer__", "producer__agency__"))


def license_list(user: User | None = None) -> QuerySet[License]:
    """The licences held now, those the registry has dropped among them."""
    rows = License.objects.filter(CURRENT).select_related("producer", "producer__agency")
    return rows.defer(*without_personal("producer__", "producer__agency__"))


def sync_run_list(user: User | None = None) -> QuerySet[SyncRun]:
    return SyncRun.objects.all()


def assignments_of(producer: Producer) -> QuerySet[ProducerAssignment]:
    """Running ones first, then those that have ended, the latest first."""
    return producer.assignments.order_by(F("ended_at").desc(nulls_first=True), "pk")


def changes_of(producer: Producer, as_of: AsOf) -> QuerySet[Change]:
    """What syncs found for one producer until then, the latest first."""
    rows = producer.changes.select_related("acknowledged_by").order_by("-known_at", "-pk")
    return rows.filter(known_at__lte=as_of.known_at) if as_of.known_at else rows


@dataclass(frozen=True)
class HeldLicense:
    """A licence with its lines, judged on a day."""

    license: License
    lines: tuple[LicenseLine, ...]
    on: date

    @cached_property
    def standing(self) -> str:
        """removed, inactive, expired, expiring or in_force: the first that is true."""
        if self.license.removed_at:
            return "removed"
        expires = self.license.expiration_date
        if expires and expires < self.on:
            return "expired"
        if not self.license.active:
            return "inactive"
        if expires and expires <= self.on + EXPIRING_WITHIN:
            return "expiring"
        return "in_force"

    @cached_property
    def days_left(self) -> int | None:
        """Days to the expiration, negative after it; None for a perpetual licence."""
        expires = self.license.expiration_date
        return (expires - self.on).days if expires else None


def licenses_of(producer: Producer, as_of: AsOf) -> list[HeldLicense]:
    """The licences of a producer with their lines: two queries, however many there are."""
    licenses = as_known_at(producer.licenses.order_by("state", "license_number", "position"), as_of.known_at)
    by_license = _lines_by_license(
        as_known_at(producer.license_lines.order_by("loa", "loa_code", "position"), as_of.known_at)
    )
    return [HeldLicense(each, tuple(by_license.get(license_key(each), ())), as_of.on) for each in licenses]


def license_key(row: License | LicenseLine) -> LicenseKey:
    """What joins a line to its licence: the registry gives no ids."""
    position = row.license_position if isinstance(row, LicenseLine) else row.position
    return (row.state, row.license_number, row.license_class_code, row.branch_id, position)


def _lines_by_license(lines: Iterable[LicenseLine]) -> dict[LicenseKey, list[LicenseLine]]:
    found: dict[LicenseKey, list[LicenseLine]] = {}
    for line in lines:
        found.setdefault(license_key(line), []).append(line)
    return found


def regulatory_actions_of(producer: Producer, as_of: AsOf) -> list[RegulatoryAction]:
    """What regulators did, the latest first."""
    rows = producer.regulatory_actions.order_by("-action_date", "state", "position")
    return list(as_known_at(rows, as_of.known_at))


@dataclass(frozen=True, slots=True)
class Contact:
    """Names, addresses, and phones and e-mail on file with the states."""

    names: list[OtherName]
    addresses: list[Address]
    contacts: list[ContactInfo]

    def __bool__(self) -> bool:
        return bool(self.names or self.addresses or self.contacts)


def contact_of(producer: Producer, as_of: AsOf) -> Contact:
    return Contact(
        list(as_known_at(producer.other_names.order_by("state", "name"), as_of.known_at)),
        list(as_known_at(producer.addresses.order_by("state", "type_code", "position"), as_of.known_at)),
        list(as_known_at(producer.contacts.order_by("state", "position"), as_of.known_at)),
    )


def failures_of(run: SyncRun) -> QuerySet[SyncItem]:
    """The producers a run could not read, with their names."""
    failed = run.items.filter(done_at__isnull=False).exclude(status__in=["", *SYNCED]).order_by("pk")
    return failed.select_related("producer").defer(*without_personal("producer__"))


def unfinished_of(run: SyncRun) -> QuerySet[SyncItem]:
    """What a stopped run left over: not begun, or not read well."""
    return run.items.filter(Q(done_at__isnull=True) | ~Q(status__in=["", *SYNCED])).order_by("pk")


def changes_of_run(run: SyncRun) -> QuerySet[Change]:
    """What a run found different, with the producers' names."""
    rows = run.change_rows.select_related("producer").order_by("producer__sort_name", "pk")
    return rows.defer(*without_personal("producer__"))


SUGGESTIONS = 20


def agencies_starting_with(text: str) -> QuerySet[Producer]:
    """Agencies whose name or NPN begins so, the first few."""
    text = plain(text)
    rows = Producer.objects.filter(entity_type="firm").defer(*PERSONAL).order_by("sort_name", "pk")
    found = (
        rows.filter(npn__prefix=text) if text.isdigit() else rows.filter(sort_name__prefix=text.casefold())
    )
    return found[:SUGGESTIONS]
