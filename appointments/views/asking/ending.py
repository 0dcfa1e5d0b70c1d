"""The appointments of one producer as choices to end: by state, company, class and line."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from appointments.enums import AppointmentStatus
from appointments.facts import full_facts
from appointments.models import Appointment
from appointments.views.asking.states import StateTerms, Terms
from appointments.views.fixes import FixLink, fix_link
from core.accounts.models import User
from producers.enums import Tracking
from producers.models import Producer
from rulebook.rules.book import normalised
from rulebook.rules.facts import LicenseFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.termination_eligibility import TerminationCode, TerminationVerdict, judge_termination
from rulebook.rules.termination_question import TerminationQuestion

STAND_IN_THE_WAY = (
    TerminationCode.NPN_NOT_ACTIVE,
    TerminationCode.NO_ACTIVE_APPOINTMENT,
    TerminationCode.DUPLICATE_TRANSACTION,
)
"""What no reason and no date can mend."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One appointment, and why it cannot be ended where it cannot."""

    pk: int
    line: str
    loa_code: str
    license_class: str
    county: str
    since: date | None
    chosen: bool
    refusal: str = ""
    fix: FixLink | None = None


@dataclass(slots=True)
class CompanyChoices:
    """The appointments with a company in a state."""

    name: str
    cocode: str
    rows: list[Choice] = field(default_factory=list)

    @property
    def possible(self) -> int:
        return sum(not row.refusal for row in self.rows)


@dataclass(slots=True)
class StateChoices:
    """The appointments in a state, and what the state wants to know."""

    terms: StateTerms
    companies: list[CompanyChoices] = field(default_factory=list)

    @property
    def possible(self) -> int:
        return sum(company.possible for company in self.companies)


def appointments_to_end(producer: Producer) -> list[Appointment]:
    """The current appointments of a producer, by state and company."""
    rows = producer.appointments.filter(
        known_to=None, removed_at=None, status=AppointmentStatus.APPOINTED
    ).order_by("state", "company_name", "company_key", "loa", "loa_code", "pk")
    return list(rows)


def choices(  # noqa: PLR0917 - what the page knows
    producer: Producer,
    terms: Terms,
    user: User,
    chosen: Collection[int] = (),
    posted: Any = None,
    refused: dict[str, str] | None = None,
) -> list[StateChoices]:
    """Everything that could be ended, and what cannot with its reason."""
    held = Holdings(full_facts([producer.pk])[producer.pk], terms.book, terms.today)
    tracked = producer.tracking == Tracking.ACTIVE
    found: dict[str, StateChoices] = {}
    companies: dict[tuple[str, str], CompanyChoices] = {}
    for row in appointments_to_end(producer):
        state = found.get(row.state)
        if state is None:
            problem = (refused or {}).get(row.state, "")
            state = found[row.state] = StateChoices(terms.of(row.state, posted, problem))
        company = companies.get((row.state, row.company_key))
        if company is None:
            company = companies[row.state, row.company_key] = CompanyChoices(
                row.company_name or row.company_key, row.cocode
            )
            state.companies.append(company)
        verdict = _judged(row, held, terms, tracked=tracked)
        company.rows.append(_choice(row, held, verdict, producer, user, chosen))
    return list(found.values())


def _judged(row: Appointment, held: Holdings, terms: Terms, *, tracked: bool) -> TerminationVerdict:
    question = TerminationQuestion(
        row.state, row.cocode, row.loa_code, row.loa, row.county_code, fein=row.fein
    )
    return judge_termination(question, held, row.company_name, terms.reasons, terms.today, tracked=tracked)


def _choice(  # noqa: PLR0917 - one row of the table
    row: Appointment,
    held: Holdings,
    verdict: TerminationVerdict,
    producer: Producer,
    user: User,
    chosen: Collection[int],
) -> Choice:
    refused = verdict.reason in STAND_IN_THE_WAY
    return Choice(
        row.pk,
        _line(row, held),
        row.loa_code,
        _license_class(held.in_state(row.state), row),
        row.county_code,
        row.status_date,
        row.pk in chosen and not refused,
        verdict.decisions[-1].text if refused else "",
        fix_link(verdict.fix, producer.pk, user) if refused else None,
    )


def _line(row: Appointment, held: Holdings) -> str:
    if not row.loa and not row.loa_code:
        return "All lines (the registry names none)"
    return row.loa or held.book.line(row.state, row.loa_code).name or f"Line {row.loa_code}"


def _license_class(licenses: Iterable[LicenseFact], row: Appointment) -> str:
    """The class of the license that carries the line; that of the first license where none names it."""
    here = list(licenses)
    plain = normalised(row.loa)
    named = (
        held
        for held in here
        for line in held.lines
        if (row.loa_code and line.code == row.loa_code) or (plain and normalised(line.name) == plain)
    )
    held = next(named, here[0] if here else None)
    return (held.class_name or held.class_code) if held else ""
