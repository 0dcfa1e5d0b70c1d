"""May it be terminated: the termination rules in the order in which their codes are given, first that applies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rulebook.decision import Decision, Fix
from rulebook.rules import (
    termination_appointment,
    termination_backdating,
    termination_documents,
    termination_for_cause,
    termination_not_future,
    termination_open_transaction,
    termination_reason_accepted,
    termination_reason_given,
    termination_tracking,
)
from rulebook.rules.facts import AppointmentFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.reasons import ReasonBook
from rulebook.rules.termination_question import TerminationQuestion

__all__ = [
    "TEXTS",
    "ReasonBook",
    "TerminationCode",
    "TerminationQuestion",
    "TerminationVerdict",
    "judge_termination",
]


class TerminationCode(StrEnum):
    """Why an appointment may be terminated or not, as users and API clients know it."""

    NPN_NOT_ACTIVE = "npn_not_active"
    NO_ACTIVE_APPOINTMENT = "no_active_appointment"
    DUPLICATE_TRANSACTION = "duplicate_transaction"
    REASON_REQUIRED = "reason_required"
    REASON_NOT_ACCEPTED = "reason_not_accepted"
    FUTURE_DATE_NOT_ACCEPTED = "future_date_not_accepted"
    BACKDATING_NOT_ACCEPTED = "backdating_not_accepted"
    BACKDATED_TOO_FAR = "backdated_too_far"
    DOCUMENTS_REQUIRED = "documents_required"
    IN_GOOD_STANDING = "in_good_standing"


Code = TerminationCode
TEXTS = {
    Code.NPN_NOT_ACTIVE: "NIPR tracking is inactive",
    Code.NO_ACTIVE_APPOINTMENT: "No Active Appointment",
    Code.DUPLICATE_TRANSACTION: "A transaction is already open",
    Code.REASON_REQUIRED: "Termination Reason Required",
    Code.REASON_NOT_ACCEPTED: "The state does not take this reason",
    Code.FUTURE_DATE_NOT_ACCEPTED: "The state takes no date in the future",
    Code.BACKDATING_NOT_ACCEPTED: "The state sets the date itself",
    Code.BACKDATED_TOO_FAR: "The date is further back than the state takes",
    Code.DOCUMENTS_REQUIRED: "Documents Required",
    Code.IN_GOOD_STANDING: "In Good Standing",
}


@dataclass(frozen=True, slots=True)
class TerminationVerdict:
    """The answer for one appointment: its code, and the decisions up to and with the one that settled it."""

    reason: TerminationCode
    text: str
    decisions: tuple[Decision, ...]
    for_cause: bool = False
    """A second person approves it. Also where it is not known that the reason is not for cause."""
    documents_required: bool = False
    """Documents go with it: for cause always, else where the state names the reason."""
    documents_first: bool = False
    """The state names the reason as one that it wants them for: no second person approves it before they are there."""
    reason_slug: str = ""
    """What is sent: the reason given or the default; empty where the state takes none."""
    appointment: AppointmentFact | None = None

    @property
    def eligible(self) -> bool:
        """Documents do not stand in the way: they make it one for a second person."""
        return self.reason in (Code.IN_GOOD_STANDING, Code.DOCUMENTS_REQUIRED)

    @property
    def fix(self) -> Fix | None:
        return next((decision.fix for decision in reversed(self.decisions) if decision.fix), None)


Check = tuple[TerminationCode, Decision]
"""A decision, and the code that it gives when it fails."""


def judge_termination(
    question: TerminationQuestion,
    held: Holdings,
    company_name: str,
    reasons: ReasonBook,
    today: date,
    *,
    tracked: bool = True,
) -> TerminationVerdict:
    """The first code that applies. `tracked` says whether the producer's NIPR tracking is active.

    A state that takes no reason is sent none; a reason given for cause is still looked at by a second person.
    """
    decisions: list[Decision] = []
    for code, decision in _checks(question, held, company_name, reasons, today, tracked=tracked):
        decisions.append(decision)
        if decision.failed:
            return TerminationVerdict(code, TEXTS[code], tuple(decisions))
    return _eligible(question, held, reasons, today, decisions)


def _eligible(
    question: TerminationQuestion,
    held: Holdings,
    reasons: ReasonBook,
    today: date,
    decisions: list[Decision],
) -> TerminationVerdict:
    reason = reasons.find(reasons.asked(question.state, question.reason))
    cause = termination_for_cause.evaluate(reason)
    documents = termination_documents.evaluate(held.book, question.state, reason, today)
    required = termination_documents.required(held.book, question.state, reason, today)
    code = Code.DOCUMENTS_REQUIRED if required else Code.IN_GOOD_STANDING
    sent = reason is not None and not reasons.takes_none(question.state)
    return TerminationVerdict(
        code,
        TEXTS[code],
        (*decisions, cause, documents),
        for_cause=termination_for_cause.needs_a_second_person(reason),
        documents_required=required,
        documents_first=termination_documents.named_by_state(held.book, question.state, reason, today),
        reason_slug=reason.slug if reason and sent else "",
        appointment=termination_appointment.find(question, held),
    )


def _checks(
    question: TerminationQuestion,
    held: Holdings,
    company_name: str,
    reasons: ReasonBook,
    today: date,
    *,
    tracked: bool,
) -> Iterator[Check]:
    """The rules in order, each asked only when those before it had no objection."""
    yield Code.NPN_NOT_ACTIVE, termination_tracking.evaluate(held.producer.npn, tracked=tracked)
    yield Code.NO_ACTIVE_APPOINTMENT, termination_appointment.evaluate(question, held, company_name)
    yield Code.DUPLICATE_TRANSACTION, termination_open_transaction.evaluate(question, held)
    yield from _reason_checks(question, held, reasons, today)
    yield from _date_checks(question, held, today)


def _reason_checks(
    question: TerminationQuestion, held: Holdings, reasons: ReasonBook, today: date
) -> Iterator[Check]:
    book, state, given = held.book, question.state, question.reason
    yield (
        Code.REASON_REQUIRED,
        held.once(
            (termination_reason_given.RULE, state, given),
            lambda: termination_reason_given.evaluate(book, state, given, reasons),
        ),
    )
    if not reasons.takes_none(state):
        asked = reasons.asked(state, given)
        yield (
            Code.REASON_NOT_ACCEPTED,
            held.once(
                (termination_reason_accepted.RULE, state, asked),
                lambda: termination_reason_accepted.evaluate(book, state, asked, reasons, today),
            ),
        )


def _date_checks(question: TerminationQuestion, held: Holdings, today: date) -> Iterator[Check]:
    given = question.effective_date
    future = held.once(
        (termination_not_future.RULE, given, today), lambda: termination_not_future.evaluate(given, today)
    )
    yield Code.FUTURE_DATE_NOT_ACCEPTED, future
    back = held.once(
        (termination_backdating.RULE, question.state, given, today),
        lambda: termination_backdating.evaluate(held.book, question.state, given, today),
    )
    too_far = bool(back.facts.get("limit_days"))
    yield Code.BACKDATED_TOO_FAR if too_far else Code.BACKDATING_NOT_ACCEPTED, back
