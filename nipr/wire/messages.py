"""What the registry says, as typed values.

Every service of the registry is decoded into these values and encoded from them, so the client, the simulator and the
sync share one vocabulary. Codes and texts are kept as the registry writes them; an absent value is ``None`` for dates
and ``""`` for text. Nothing here does I/O, reads a clock or knows Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class EntityType(StrEnum):
    INDIVIDUAL = "individual"
    FIRM = "firm"


class Residency(StrEnum):
    RESIDENT = "R"
    NON_RESIDENT = "NR"
    UNKNOWN = ""


class AppointmentStatus(StrEnum):
    APPOINTED = "Appointed"
    TERMINATED = "Terminated"


@dataclass(frozen=True, slots=True)
class LineOfAuthority:
    """One ``DETAIL`` of a licence: a line the licence carries (or carried)."""

    code: str
    name: str
    issue_date: date | None = None
    status: str = ""
    status_reason: str = ""
    status_reason_date: date | None = None
    ce_compliance: str = ""
    ce_renewal_date: date | None = None
    ce_credits_needed: int | None = None


@dataclass(frozen=True, slots=True)
class License:
    """A licence in one state with its lines. ``expiration_date`` is ``None`` for a perpetual licence."""

    state: str
    number: str
    class_code: str
    class_name: str
    residency: Residency
    active: bool
    issue_date: date | None = None
    expiration_date: date | None = None
    updated_date: date | None = None
    adhs: str = ""
    branch_id: str = ""
    lines: tuple[LineOfAuthority, ...] = ()


@dataclass(frozen=True, slots=True)
class Appointment:
    """One company x line (x county) row. ``status`` holds an :class:`AppointmentStatus` value, or the text as sent."""

    state: str
    company_name: str
    cocode: str
    fein: str
    loa_code: str
    loa: str
    status: str
    status_date: date | None = None
    renewal_date: date | None = None
    termination_reason: str = ""
    county_code: str = ""
    branch_id: str = ""
    state_company_id: str = ""
    agency_affiliation: str = ""
    agency_affiliation_id: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    state: str
    type_code: str
    type_name: str
    line_1: str = ""
    line_2: str = ""
    line_3: str = ""
    city: str = ""
    address_state: str = ""
    zip_code: str = ""
    country: str = ""
    updated_date: date | None = None
    branch_id: str = ""


@dataclass(frozen=True, slots=True)
class ContactInfo:
    state: str
    phone: str = ""
    phone_updated: date | None = None
    fax: str = ""
    fax_updated: date | None = None
    email: str = ""
    email_updated: date | None = None
    branch_id: str = ""


@dataclass(frozen=True, slots=True)
class OtherName:
    state: str
    type: str
    name: str


@dataclass(frozen=True, slots=True)
class RegulatoryAction:
    state: str
    action_id: str
    origin: str = ""
    reason: str = ""
    disposition: str = ""
    action_date: date | None = None
    effective_date: date | None = None
    enter_date: date | None = None
    file_reference: str = ""
    penalty: str = ""
    length_of_order: str = ""


@dataclass(frozen=True, slots=True)
class Biographic:
    """Who the report is about. ``ssn`` never reaches a ``repr``."""

    npn: str
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    company_name: str = ""
    fein: str = ""
    state_domicile: str = ""
    state_company_id: str = ""
    birth_date: date | None = None
    ssn: str = ""

    def __repr__(self) -> str:
        return f"Biographic(npn={self.npn!r})"


@dataclass(frozen=True, slots=True)
class EntityReport:
    """A whole PDB report: everything the registry holds about one individual or firm."""

    entity_type: EntityType
    biographic: Biographic
    other_names: tuple[OtherName, ...] = ()
    addresses: tuple[Address, ...] = ()
    contacts: tuple[ContactInfo, ...] = ()
    licenses: tuple[License, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    regulatory_actions: tuple[RegulatoryAction, ...] = ()

    @property
    def npn(self) -> str:
        return self.biographic.npn


@dataclass(frozen=True, slots=True)
class RegistryRefusal:
    """``TYPE = ERROR``: HTTP 200 with a sentence and no producer."""

    description: str


@dataclass(frozen=True, slots=True)
class HitlistRow:
    name: str
    npn: str
    entity_id: str = ""
    resident_state: str = ""
    birth_date: date | None = None
    entity_type: EntityType = EntityType.INDIVIDUAL
    fein: str = ""


@dataclass(frozen=True, slots=True)
class AddInfo:
    """When each category of an entity last changed at the registry. ``None`` where it did not say."""

    npn: str
    demographics: date | None = None
    licensing: date | None = None
    appointments: date | None = None
    regulatory_actions: date | None = None


class AlertType(StrEnum):
    LICENSING = "LICENSING"
    DEMOGRAPHICS = "DEMOGRAPHICS"
    APPOINTMENTS = "APPOINTMENTS"
    RIRS = "RIRS"


@dataclass(frozen=True, slots=True)
class Demographics:
    """Names, addresses and contacts of one state, as of the alert.

    Addresses and contacts follow the same replace semantics: ``None`` did not change, ``()`` has nothing left.
    """

    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    company_name: str = ""
    other_names: tuple[OtherName, ...] = ()
    addresses: tuple[Address, ...] | None = None
    contacts: tuple[ContactInfo, ...] | None = None


@dataclass(frozen=True, slots=True)
class StateAlert:
    """What changed for an entity in one state.

    Replace semantics: a category that is ``None`` did not change; a tuple is the full current set for the state, so an
    empty tuple (the wire's deletion marker) says that nothing is left there.
    """

    state: str
    licenses: tuple[License, ...] | None = None
    appointments: tuple[Appointment, ...] | None = None
    demographics: Demographics | None = None
    regulatory_actions: tuple[RegulatoryAction, ...] | None = None


@dataclass(frozen=True, slots=True)
class EntityAlert:
    npn: str
    entity_type: EntityType
    birth_date: date | None = None
    states: tuple[StateAlert, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityProblem:
    """An entity of an alerts report that could not be read. The others of the report are not touched by it."""

    npn: str
    message: str


@dataclass(frozen=True, slots=True)
class AlertsReport:
    message_id: str
    created_at: datetime | None
    entities: tuple[EntityAlert, ...] = ()
    problems: tuple[EntityProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertTarget:
    npn: str
    added_date: date | None = None


@dataclass(frozen=True, slots=True)
class InvalidTarget:
    input: str
    reason: str


@dataclass(frozen=True, slots=True)
class TargetResults:
    """Partial success is normal: some targets were taken, some refused with a reason."""

    valid: tuple[AlertTarget, ...] = ()
    invalid: tuple[InvalidTarget, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    name: str
    email: str
    alert_types: tuple[AlertType, ...] = tuple(AlertType)
    states: tuple[str, ...] = ()
    """Empty means all states."""
    resident_state_only: bool = False
    companies: tuple[str, ...] = ()
    """FEINs or CoCodes whose appointments to follow; empty means all."""
    follow_companies: bool = True
    """False follows no company's appointments (the wire's ``None``)."""
