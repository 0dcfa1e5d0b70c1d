"""May it be appointed: the appointment rules in the order in which their reasons are given, first that applies.

A state that does not appoint this kind of producer settles the question before assignment and licenses are looked at.
With a company that keeps internal appointments the line is then recorded instead of refused, whatever those would
say: what is recorded is the company's own word, and not that the producer may sell. What is recorded already is not
recorded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules import (
    appointment_assignment,
    appointment_company_category,
    appointment_company_known,
    appointment_company_state,
    appointment_held,
    appointment_just_in_time,
    appointment_license,
    appointment_license_active,
    appointment_open_transaction,
    appointment_recorded,
    appointment_resident_license,
    state_appoints,
)
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.facts import CompanyFact, LicenseFact
from rulebook.rules.holdings import Holdings


class Reason(StrEnum):
    """Why a line is eligible or not. The names and texts are those that users and API clients know."""

    COCODE_NOT_FOUND = "cocode_not_found"
    COMPANY_DOES_NOT_APPOINT_IN_STATE = "company_does_not_appoint_in_state"
    COMPANY_DOES_NOT_APPOINT_LOAS = "company_does_not_appoint_loas"
    ENTITY_TYPE_NOT_APPOINTED = "entity_type_not_appointed"
    STATE_RULE_NOT_KNOWN = "state_rule_not_known"
    OUTSIDE_PRODUCER_ASSIGNMENT = "outside_producer_assignment"
    REQUIRED_LICENSE_NOT_ACTIVE = "required_license_not_active"
    REQUIRED_LICENSE_NOT_FOUND = "required_license_not_found"
    NO_ACTIVE_RESIDENT_LICENSE = "no_active_resident_license"
    ALREADY_APPOINTED = "already_appointed"
    DUPLICATE_TRANSACTION = "duplicate_transaction"
    IN_GOOD_STANDING = "in_good_standing"


AFTER_LICENSES = frozenset(
    {
        Reason.NO_ACTIVE_RESIDENT_LICENSE,
        Reason.ALREADY_APPOINTED,
        Reason.DUPLICATE_TRANSACTION,
        Reason.STATE_RULE_NOT_KNOWN,
    }
)
"""Reasons that are given when a license is known to carry the line."""

TEXTS = {
    Reason.COCODE_NOT_FOUND: "CoCode Not Found",
    Reason.COMPANY_DOES_NOT_APPOINT_IN_STATE: "{company} does not appoint in the requested State: {state}",
    Reason.COMPANY_DOES_NOT_APPOINT_LOAS: "Company Does Not Appoint for requested loas",
    Reason.ENTITY_TYPE_NOT_APPOINTED: "The state appoints {others} only for this class",
    Reason.STATE_RULE_NOT_KNOWN: "Not known whether the state appoints {those}",
    Reason.OUTSIDE_PRODUCER_ASSIGNMENT: "Outside the producer's assignment",
    Reason.REQUIRED_LICENSE_NOT_ACTIVE: "Required License Not Active",
    Reason.REQUIRED_LICENSE_NOT_FOUND: "Required License Not Found",
    Reason.NO_ACTIVE_RESIDENT_LICENSE: "No Active Resident License",
    Reason.ALREADY_APPOINTED: "Already appointed",
    Reason.DUPLICATE_TRANSACTION: "A transaction is already open",
    Reason.IN_GOOD_STANDING: "In Good Standing",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one line: its reason, and the decisions up to and with the one that settled it."""

    reason: Reason
    text: str
    decisions: tuple[Decision, ...]
    registry_state: bool = False
    """An eligible line of a registry state is recorded here; nothing is filed."""
    internal: bool = False
    """The state does not appoint this kind of producer, and the company keeps internal appointments."""
    just_in_time: bool = False
    license: LicenseFact | None = None
    """The license that the line sits on: of those that carry it the one that expires last. None where none does."""

    @property
    def eligible(self) -> bool:
        return self.reason is Reason.IN_GOOD_STANDING

    @property
    def recorded(self) -> bool:
        """Kept here without being filed, and without fee: in a registry state, or an internal appointment."""
        return self.internal or (self.eligible and self.registry_state)

    @property
    def fix(self) -> Fix | None:
        return next((decision.fix for decision in reversed(self.decisions) if decision.fix), None)


Check = tuple[Reason, Decision, bool]
"""A reason, the rule's decision, and whether the decision gives the reason."""


def judge(
    question: AppointmentQuestion,
    held: Holdings,
    company: CompanyFact | None,
    *,
    with_duplicates: bool = True,
) -> Verdict:
    """The first reason that applies. Without duplicates, what is held or under way already is not looked at."""
    decisions: list[Decision] = []
    for reason, decision, applies in _checks(question, held, company, with_duplicates=with_duplicates):
        decisions.append(decision)
        if applies and reason is Reason.ENTITY_TYPE_NOT_APPOINTED and _keeps_internal(company):
            return _internal(question, held, company, decisions, with_duplicates=with_duplicates)
        if applies:
            return _refused(reason, question, held, company, decisions)
    return _eligible(question, held, company, decisions)


def appoints_here(held: Holdings, state: str) -> Decision:
    """Whether the state takes appointments of this kind of producer."""
    entity_type = held.producer.entity_type
    return held.once_for_all(
        (state_appoints.RULE, state, entity_type),
        lambda: state_appoints.evaluate(held.book, state, entity_type, held.as_of),
    )


def _keeps_internal(company: CompanyFact | None) -> bool:
    return company is not None and company.create_internal_appointment


def _internal(
    question: AppointmentQuestion,
    held: Holdings,
    company: CompanyFact | None,
    decisions: list[Decision],
    *,
    with_duplicates: bool,
) -> Verdict:
    """Recorded, unless it is recorded already."""
    if with_duplicates:
        recorded = appointment_recorded.evaluate(question, held)
        if recorded.passed:
            decisions.append(recorded)
            return _refused(Reason.ALREADY_APPOINTED, question, held, company, decisions)
    refused = _refused(Reason.ENTITY_TYPE_NOT_APPOINTED, question, held, company, decisions)
    return replace(refused, internal=True)


def _refused(
    reason: Reason,
    question: AppointmentQuestion,
    held: Holdings,
    company: CompanyFact | None,
    decisions: list[Decision],
) -> Verdict:
    firm = held.producer.is_firm
    text = TEXTS[reason].format(
        company=company.name if company else question.cocode,
        state=question.state,
        others="individuals" if firm else "agencies",
        those="agencies" if firm else "individuals",
    )
    carried = reason in AFTER_LICENSES
    return Verdict(reason, text, tuple(decisions), license=_license(question, held) if carried else None)


def _eligible(
    question: AppointmentQuestion, held: Holdings, company: CompanyFact | None, decisions: list[Decision]
) -> Verdict:
    registry_state = appoints_here(held, question.state).outcome is Outcome.INFO
    later = company is not None and not registry_state and _may_wait(question, held, company, decisions)
    return Verdict(
        Reason.IN_GOOD_STANDING,
        TEXTS[Reason.IN_GOOD_STANDING],
        tuple(decisions),
        registry_state=registry_state,
        just_in_time=later,
        license=_license(question, held),
    )


def _license(question: AppointmentQuestion, held: Holdings) -> LicenseFact | None:
    found = appointment_license.carrier(question, held)
    return found[0] if found else None


def _may_wait(
    question: AppointmentQuestion, held: Holdings, company: CompanyFact, decisions: list[Decision]
) -> bool:
    """Whether it may be appointed just in time; the decision is told where the company wants it so."""
    setting = company.states.get(question.state)
    if setting is None or not setting.just_in_time:
        return False
    decision = held.once_for_all(
        (appointment_just_in_time.RULE, company.cocode, question.state, question.categories),
        lambda: appointment_just_in_time.evaluate(question, held, company),
    )
    decisions.append(decision)
    return decision.passed


def _checks(
    question: AppointmentQuestion, held: Holdings, company: CompanyFact | None, *, with_duplicates: bool
) -> Iterator[Check]:
    """The rules in order, each asked only when those before it had no objection."""
    known = held.once_for_all(
        (appointment_company_known.RULE, question.cocode),
        lambda: appointment_company_known.evaluate(question, company),
    )
    yield Reason.COCODE_NOT_FOUND, known, known.failed
    if company is None:
        return
    yield from _company_checks(question, held, company)
    yield from _license_checks(question, held)
    if with_duplicates:
        appointment = appointment_held.evaluate(question, held, company)
        yield Reason.ALREADY_APPOINTED, appointment, appointment.passed
        recorded = appointment_recorded.evaluate(question, held)
        yield Reason.ALREADY_APPOINTED, recorded, recorded.passed
        open_one = appointment_open_transaction.evaluate(question, held)
        yield Reason.DUPLICATE_TRANSACTION, open_one, open_one.failed
    appoints = appoints_here(held, question.state)
    if appoints.unknown:
        # Last: what is known to stand in the way is more useful than what nobody knows.
        yield Reason.STATE_RULE_NOT_KNOWN, appoints, True


def _company_checks(question: AppointmentQuestion, held: Holdings, company: CompanyFact) -> Iterator[Check]:
    cocode, state, agent_type = company.cocode, question.state, question.agent_type
    in_state = held.once_for_all(
        (appointment_company_state.RULE, cocode, state, agent_type),
        lambda: appointment_company_state.evaluate(question, company, held.book),
    )
    yield Reason.COMPANY_DOES_NOT_APPOINT_IN_STATE, in_state, in_state.failed
    category = held.once_for_all(
        (appointment_company_category.RULE, cocode, question.categories or (state, question.what)),
        lambda: appointment_company_category.evaluate(question, company),
    )
    yield Reason.COMPANY_DOES_NOT_APPOINT_LOAS, category, category.failed
    appoints = appoints_here(held, state)
    if not appoints.unknown:
        yield Reason.ENTITY_TYPE_NOT_APPOINTED, appoints, appoints.failed
    within = held.once(
        (appointment_assignment.RULE, cocode, question if company.requires_assignment else None),
        lambda: appointment_assignment.evaluate(question, company, held.producer.assignments),
    )
    yield Reason.OUTSIDE_PRODUCER_ASSIGNMENT, within, within.failed


def _license_checks(question: AppointmentQuestion, held: Holdings) -> Iterator[Check]:
    """Licenses that exist but are not in force are named before one that is missing."""
    where = (question.state, question.agent_type)
    active = held.once(
        (appointment_license_active.RULE, *where),
        lambda: appointment_license_active.evaluate(question, held),
    )
    yield Reason.REQUIRED_LICENSE_NOT_ACTIVE, active, active.failed
    found = held.once(
        (appointment_license.RULE, *appointment_license.asked_of_licenses(question)),
        lambda: appointment_license.evaluate(question, held),
    )
    yield Reason.REQUIRED_LICENSE_NOT_FOUND, found, found.failed
    resident = held.once(
        appointment_resident_license.RULE, lambda: appointment_resident_license.evaluate(held)
    )
    yield Reason.NO_ACTIVE_RESIDENT_LICENSE, resident, resident.failed
