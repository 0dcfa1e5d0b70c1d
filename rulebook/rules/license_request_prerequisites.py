"""What a form asks of the applicant is on file: address, ways to reach them, numbers, and answers not too old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.license_request_question import ApplicantFact
from rulebook.rules.wording import day

RULE = "license_request_prerequisites"
ANSWERS_LAST: Final = timedelta(days=365)
"""Answers to background questions are given anew after this."""
NAMES: Final = {
    "address": "an address",
    "email": "an e-mail address",
    "phone": "a phone number",
    "birth_date": "the date of birth",
    "ssn": "the SSN",
    "fein": "the FEIN",
    "answers": "answers to the background questions",
    "fresh_answers": "answers to the background questions that are not older than a year",
    "explanation": "an explanation of every yes",
}
"""What may be missing, in words."""
ANSWERS: Final = frozenset({"answers", "fresh_answers", "explanation"})


def missing(who: ApplicantFact, *, firm: bool, as_of: date) -> tuple[str, ...]:
    """Names of what is not on file, in the order of ``NAMES``."""
    return tuple(_missing(who, firm=firm, as_of=as_of))


def _missing(who: ApplicantFact, *, firm: bool, as_of: date) -> Iterator[str]:
    on_file = {
        "address": who.address,
        "email": who.email,
        "phone": who.phone,
        "birth_date": who.birth_date or firm,
        "fein" if firm else "ssn": who.tax_number,
        "answers": who.answered_on is not None,
    }
    yield from (name for name, there in on_file.items() if not there)
    if who.answered_on is None:
        return
    if who.answered_on + ANSWERS_LAST < as_of:
        yield "fresh_answers"
    if who.unexplained:
        yield "explanation"


def evaluate(who: ApplicantFact, *, firm: bool, agent_type: str, as_of: date) -> Decision:
    """FAIL names everything that is missing; what is on file is never told."""
    lacking = missing(who, firm=firm, as_of=as_of)
    facts = {
        "as_of": as_of,
        "agent_type": agent_type,
        "answered_on": who.answered_on,
        "missing": list(lacking),
    }
    if not lacking:
        answered = f", answered on {day(who.answered_on)}" if who.answered_on else ""
        text = f"Everything that the form asks of the applicant is on file{answered}."
        return Decision(RULE, Outcome.PASS, text, facts)
    text = f"Missing for the form: {'; '.join(NAMES[name] for name in lacking)}."
    if lacking[0] in ANSWERS:
        fix = Fix("give_answers", "Give the answers", {"agent_type": agent_type})
    else:
        fix = Fix("complete_producer", "Complete the producer's record", {"missing": list(lacking)})
    return Decision(RULE, Outcome.FAIL, text, facts, fix=fix)
