"""What is sent to the gateway, as typed values. Money is whole cents; nothing here reads a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from nipr.wire.messages import EntityType, Residency


class GatewayKind(StrEnum):
    """What a transaction asks for. The code it has on the wire is ``encoding.TRANSACTION_TYPES``."""

    APPOINTMENT = "appointment"
    TERMINATION = "termination"
    LICENSE_APPLICATION = "license_application"
    LICENSE_RENEWAL = "license_renewal"


@dataclass(frozen=True, slots=True)
class TransactionKey:
    """The sender's own name of a transaction: by these three the gateway knows a repeat."""

    customer: str
    batch: str
    trans: str


@dataclass(frozen=True, slots=True)
class PostalAddress:
    line_1: str
    city: str
    state: str
    zip_code: str
    line_2: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who is to be appointed, terminated or licensed. ``last_name`` of a firm is its name."""

    entity_type: EntityType
    last_name: str
    first_name: str = ""
    npn: str = ""
    tax_number: str = field(default="", repr=False)
    """SSN or FEIN, where the state asks for one."""
    license_number: str = ""
    license_class: str = ""


@dataclass(frozen=True, slots=True)
class Appointer:
    """The company that appoints or terminates."""

    name: str
    cocode: str
    state_company_id: str = ""
    tax_number: str = field(default="", repr=False)
    license_number: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """The person who submits, and where to reach them."""

    first_name: str
    last_name: str
    title: str
    address: PostalAddress
    email: str = ""
    phone: str = ""
    compliance_officer: str = ""
    preparer_code: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """The account state fees are drawn from. Type ``2`` (EFT) is compulsory for programs."""

    account_id: str
    payment_type: str = "2"


@dataclass(frozen=True, slots=True)
class BackgroundAnswer:
    """The answer to one background question, by the question's number on the uniform application."""

    question: str
    yes: bool
    explanation: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Application:
    """What a license application or renewal says about the applicant beyond its names. All of it assumed."""

    residency: Residency
    birth_date: date | None = field(default=None, repr=False)
    address: PostalAddress | None = field(default=None, repr=False)
    email: str = ""
    phone: str = ""
    answers: tuple[BackgroundAnswer, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class GatewayTransaction:
    """One transaction. Equal values make equal bytes, so a repeat is the same text.

    ``effective_date`` ``None`` leaves the day to the state. ``reason`` is the rule book's slug of a termination reason.
    """

    key: TransactionKey
    kind: GatewayKind
    state: str
    applicant: Applicant
    authorization: Authorization
    payment: Payment
    date_stamp: date
    time_stamp: time
    appointer: Appointer | None = None
    loa_codes: tuple[str, ...] = ()
    license_class: str = ""
    county_code: str = ""
    effective_date: date | None = None
    reason: str = ""
    state_fee_cents: int = 0
    """As the sender knows it; 0 also where the state bills it later."""
    application: Application | None = None
    entity: str = ""
    """An account-like id; blank writes the customer, as every sample does."""
