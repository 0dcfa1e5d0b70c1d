"""What the rules are asked about: facts as plain values, made by the apps that hold the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rulebook.rules.vocabulary import AgentType, AppointmentStatus, EntityType, Residency, ScorecardType


@dataclass(frozen=True, slots=True)
class LineFact:
    """A line of authority on a licence."""

    code: str
    name: str
    active: bool = True
    issue_date: date | None = None
    status: str = ""
    status_reason: str = ""
    status_reason_date: date | None = None
    ce_compliant: bool | None = None
    ce_renewal_date: date | None = None


@dataclass(frozen=True, slots=True)
class LicenseFact:
    """A licence. No expiration date: perpetual. No agent type: it is read from the class."""

    state: str
    number: str
    class_code: str = ""
    class_name: str = ""
    residency: str = Residency.RESIDENT
    active: bool = True
    issue_date: date | None = None
    expiration_date: date | None = None
    lines: tuple[LineFact, ...] = ()
    agent_type: str = ""

    @property
    def resident(self) -> bool:
        return self.residency == Residency.RESIDENT


@dataclass(frozen=True, slots=True)
class AppointmentFact:
    """An appointment as the registry tells it. Its line code may be blank, or none of the licence's."""

    state: str
    cocode: str = ""
    fein: str = ""
    loa_code: str = ""
    loa: str = ""
    status: str = AppointmentStatus.APPOINTED
    status_date: date | None = None
    renewal_date: date | None = None
    termination_reason: str = ""
    county: str = ""
    branch: str = ""
    company_name: str = ""

    @property
    def current(self) -> bool:
        return self.status == AppointmentStatus.APPOINTED


@dataclass(frozen=True, slots=True)
class AssignmentFact:
    """What a producer should hold."""

    states: tuple[str, ...] = ()
    loa_categories: tuple[str, ...] = ()
    cocodes: tuple[str, ...] = ()
    agent_type: str = AgentType.PRODUCER
    scorecard_type: str = ScorecardType.LICENSE

    @property
    def wants_appointments(self) -> bool:
        return self.scorecard_type == ScorecardType.LICENSE_AND_APPOINTMENT


@dataclass(frozen=True, slots=True)
class CompanyStateFact:
    """A company's own setting for one state."""

    active: bool = True
    just_in_time: bool = False
    agent_types: tuple[str, ...] = (AgentType.PRODUCER,)


@dataclass(frozen=True, slots=True)
class CompanyFact:
    """An appointing carrier."""

    name: str
    cocode: str
    fein: str = ""
    loa_categories: frozenset[str] = frozenset()
    create_internal_appointment: bool = False
    requires_assignment: bool = False
    states: Mapping[str, CompanyStateFact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BusinessRuleFact:
    """A line that the organisation does business in. Class codes name the licenses it holds for; None is any."""

    state: str
    loa_code: str
    agent_type: str = AgentType.PRODUCER
    license_class_codes: frozenset[str] | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class OpenTransactionFact:
    """A request to the registry that has no final answer yet, or that is recorded here for good."""

    kind: str
    state: str
    cocode: str = ""
    loa_code: str = ""
    category: str = ""
    status: str = ""
    number: str = ""
    loa: str = ""
    county: str = ""

    @property
    def recorded(self) -> bool:
        """Kept here because the state takes no filing: it is held, and not under way."""
        return self.status == "recorded"


@dataclass(frozen=True, slots=True)
class ProducerFact:
    """Everything that is known about one producer."""

    npn: str
    entity_type: str = EntityType.INDIVIDUAL
    licenses: tuple[LicenseFact, ...] = ()
    appointments: tuple[AppointmentFact, ...] = ()
    assignments: tuple[AssignmentFact, ...] = ()
    open_transactions: tuple[OpenTransactionFact, ...] = ()

    @property
    def is_firm(self) -> bool:
        return self.entity_type == EntityType.FIRM
