"""May a license be applied for, or renewed: the rules in the order in which their codes are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rulebook.decision import Decision, Fix
from rulebook.rules import (
    appointment_resident_license,
    late_renewal,
    license_request_documents,
    license_request_held,
    license_request_open,
    license_request_prerequisites,
    license_request_renewable,
    reinstatement,
    renewal_window,
)
from rulebook.rules.facts import LicenseFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.license_in_force import expired
from rulebook.rules.license_request_question import (
    ApplicantFact,
    ApplicationQuestion,
    LicenseAction,
    LicenseQuestion,
    RenewalQuestion,
)
from rulebook.rules.renewal_opens import opens_on
from rulebook.rules.vocabulary import Residency
from rulebook.rules.wording import day


class LicenseReason(StrEnum):
    """Why a license may be asked for or not, as users know it."""

    DUPLICATE_TRANSACTION = "duplicate_transaction"
    ALREADY_LICENSED = "already_licensed"
    LICENSE_NOT_FOUND = "license_not_found"
    DOES_NOT_EXPIRE = "does_not_expire"
    LICENSE_NOT_ACTIVE = "license_not_active"
    NOT_YET_RENEWABLE = "not_yet_renewable"
    TOO_LATE_TO_RENEW = "too_late_to_renew"
    STATE_RULE_NOT_KNOWN = "state_rule_not_known"
    NO_ACTIVE_RESIDENT_LICENSE = "no_active_resident_license"
    PREREQUISITES_MISSING = "prerequisites_missing"
    IN_GOOD_STANDING = "in_good_standing"


Reason = LicenseReason
TEXTS = {
    Reason.DUPLICATE_TRANSACTION: "A transaction is already open",
    Reason.ALREADY_LICENSED: "Already licensed",
    Reason.LICENSE_NOT_FOUND: "License Not Found",
    Reason.DOES_NOT_EXPIRE: "The license does not expire",
    Reason.LICENSE_NOT_ACTIVE: "The license is not active",
    Reason.NOT_YET_RENEWABLE: "Not yet renewable",
    Reason.TOO_LATE_TO_RENEW: "Too late to renew",
    Reason.STATE_RULE_NOT_KNOWN: "Not known when the state renews",
    Reason.NO_ACTIVE_RESIDENT_LICENSE: "No Active Resident License",
    Reason.PREREQUISITES_MISSING: "Something that the form asks is missing",
    Reason.IN_GOOD_STANDING: "In Good Standing",
}


@dataclass(frozen=True, slots=True)
class LicenseVerdict:
    """The answer for one license: its reason, what would be done, and the decisions up to the one that settled it."""

    reason: LicenseReason
    text: str
    decisions: tuple[Decision, ...]
    action: LicenseAction
    license: LicenseFact | None = None
    documents_required: bool = False
    """A background question is answered with yes: papers go along, and a second person looks at them."""

    @property
    def eligible(self) -> bool:
        return self.reason is LicenseReason.IN_GOOD_STANDING

    @property
    def fix(self) -> Fix | None:
        return next((decision.fix for decision in reversed(self.decisions) if decision.fix), None)


Check = tuple[LicenseReason, Decision, bool]


def judge_license(question: LicenseQuestion, held: Holdings, who: ApplicantFact) -> LicenseVerdict:
    """The first reason that applies."""
    decisions: list[Decision] = []
    reason = Reason.IN_GOOD_STANDING
    for code, decision, applies in _checks(question, held, who):
        if not decisions or decisions[-1] is not decision:
            decisions.append(decision)
        if applies:
            reason = code
            break
    license_ = question.license if isinstance(question, RenewalQuestion) else question.target
    return LicenseVerdict(
        reason,
        _text(reason, question, held),
        tuple(decisions),
        _action(question, held, decisions),
        license_,
        documents_required=reason is Reason.IN_GOOD_STANDING and who.any_yes,
    )


def _checks(question: LicenseQuestion, held: Holdings, who: ApplicantFact) -> Iterator[Check]:
    """The rules in order, each asked only when those before it had no objection."""
    open_one = license_request_open.evaluate(question, held)
    yield Reason.DUPLICATE_TRANSACTION, open_one, open_one.failed
    if isinstance(question, ApplicationQuestion):
        carried = license_request_held.evaluate(question, held)
        yield Reason.ALREADY_LICENSED, carried, carried.failed
    else:
        yield from _renewal_checks(question, held)
    if question.residency != Residency.RESIDENT:
        resident = held.once(
            appointment_resident_license.RULE, lambda: appointment_resident_license.evaluate(held)
        )
        yield Reason.NO_ACTIVE_RESIDENT_LICENSE, resident, resident.failed
    ready = license_request_prerequisites.evaluate(
        who, firm=held.producer.is_firm, agent_type=question.agent_type, as_of=held.as_of
    )
    yield Reason.PREREQUISITES_MISSING, ready, ready.failed
    yield Reason.IN_GOOD_STANDING, license_request_documents.evaluate(who), False


def _renewal_checks(question: RenewalQuestion, held: Holdings) -> Iterator[Check]:
    found = license_request_renewable.found(question, held)
    yield Reason.LICENSE_NOT_FOUND, found, found.failed
    expires = license_request_renewable.expires(question, held)
    yield Reason.DOES_NOT_EXPIRE, expires, expires.failed
    active = license_request_renewable.active(question, held)
    yield Reason.LICENSE_NOT_ACTIVE, active, active.failed
    if question.license is not None:
        yield from _term_checks(question.license, held)


def _term_checks(license_: LicenseFact, held: Holdings) -> Iterator[Check]:
    """Before expiration the window counts; after it late renewal, then reinstatement. Not known opens nothing."""
    if not expired(license_, held.as_of):
        window = renewal_window.evaluate(license_, held.book, held.as_of)
        yield Reason.STATE_RULE_NOT_KNOWN, window, window.unknown
        yield Reason.NOT_YET_RENEWABLE, window, window.failed
        return
    late = late_renewal.evaluate(license_, held.book, held.as_of)
    if late.passed:
        yield Reason.TOO_LATE_TO_RENEW, late, False
        return
    again = reinstatement.evaluate(license_, held.book, held.as_of)
    if again.passed:
        yield Reason.TOO_LATE_TO_RENEW, again, False
        return
    yield Reason.STATE_RULE_NOT_KNOWN, late, late.unknown
    yield Reason.STATE_RULE_NOT_KNOWN, again, again.unknown
    yield Reason.TOO_LATE_TO_RENEW, again, True


def _text(reason: LicenseReason, question: LicenseQuestion, held: Holdings) -> str:
    """The reason in words; of one that is too early with the day on which it is not any more."""
    text = TEXTS[reason]
    if reason is Reason.NOT_YET_RENEWABLE and isinstance(question, RenewalQuestion) and question.license:
        opens = opens_on(question.license, held.book, held.as_of)
        return f"{text}: from {day(opens[0])}" if opens else text
    return text


def _action(question: LicenseQuestion, held: Holdings, decisions: list[Decision]) -> LicenseAction:
    if isinstance(question, ApplicationQuestion):
        return question.action
    if question.license is None or not expired(question.license, held.as_of):
        return LicenseAction.RENEW
    late = any(decision.rule == late_renewal.RULE and decision.passed for decision in decisions)
    return LicenseAction.RENEW_LATE if late else LicenseAction.REINSTATE
