"""Reads about appointments and companies, with names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from appointments.enums import AppointmentStatus
from appointments.models import Appointment, Company, CompanyState
from core.accounts.models import User
from core.versioned import as_known_at
from producers.as_of import AsOf
from producers.models import Producer
from producers.selectors import without_personal

CURRENT = Q(known_to__isnull=True)


def appointment_list(user: User | None = None) -> QuerySet[Appointment]:
    """The appointments known now, terminated ones and those the registry has dropped among them."""
    rows = Appointment.objects.filter(CURRENT).select_related("producer")
    return rows.defer(*without_personal("producer__"))


def company_list(user: User | None = None) -> QuerySet[Company]:
    """Companies with their state settings."""
    return Company.objects.prefetch_related("states")


def company_names(cocodes: Collection[str] | None = None) -> dict[str, str]:
    """Names by CoCode: of those asked about, or of every active company when asked with None."""
    rows = (
        Company.objects.filter(active=True) if cocodes is None else Company.objects.filter(cocode__in=cocodes)
    )
    return dict(rows.values_list("cocode", "name"))


@dataclass(frozen=True, slots=True)
class CompanyAppointments:
    """A company's appointments of one producer, state by state."""

    name: str
    cocode: str
    company_id: int | None
    rows: list[Appointment]

    @property
    def appointed(self) -> int:
        return sum(row.status == AppointmentStatus.APPOINTED and not row.removed_at for row in self.rows)


def appointments_of(producer: Producer, as_of: AsOf) -> list[CompanyAppointments]:
    """The appointments of a producer by company: two queries, however many there are."""
    ordered = producer.appointments.order_by("company_name", "state", "loa", "position")
    found: dict[str, list[Appointment]] = {}
    for row in as_known_at(ordered, as_of.known_at):
        found.setdefault(row.company_key, []).append(row)
    cocodes = {rows[0].cocode for rows in found.values() if rows[0].cocode}
    on_file = dict(Company.objects.filter(cocode__in=cocodes).values_list("cocode", "pk"))
    return [
        CompanyAppointments(rows[0].company_name or key, rows[0].cocode, on_file.get(rows[0].cocode), rows)
        for key, rows in found.items()
    ]


def appointments_known(producer: Producer, as_of: AsOf) -> QuerySet[Appointment]:
    """The appointments of a producer as they stood on a day, by what was known at a moment.

    A row that changed after the day reads as its version before the change.
    """
    versions = producer.appointments.order_by("pk")
    if as_of.is_today:
        return as_known_at(versions, None)
    said = Q(status_date__isnull=True) | Q(status_date__lte=as_of.on)
    if as_of.known_at:
        said &= Q(known_from__lte=as_of.known_at)
    same = {name: OuterRef(name) for name in Appointment.NATURAL_KEY}
    later = Appointment.objects.filter(said, known_from__gt=OuterRef("known_from"), **same)
    return versions.filter(said).exclude(Exists(later))


def states_of(company: Company) -> dict[str, CompanyState]:
    """The settings of a company by state."""
    return {setting.state: setting for setting in company.states.all()}
