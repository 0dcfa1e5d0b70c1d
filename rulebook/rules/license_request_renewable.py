"""Whether the license to renew is one that the registry shows, and one that can be renewed at all."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.holdings import Holdings
from rulebook.rules.license_in_force import expired
from rulebook.rules.license_request_question import RenewalQuestion
from rulebook.rules.wording import about, day, place

FOUND = "license_request_found"
EXPIRES = "license_request_expires"
ACTIVE = "license_request_active"


def found(question: RenewalQuestion, held: Holdings) -> Decision:
    """FAIL where the producer holds no license of that number in the state."""
    where = place(held.book, question.state)
    if question.license is None:
        facts = {"state": question.state, "license_number": question.number}
        named = f"license {question.number}" if question.number else "license to renew"
        text = f"The registry shows no {named} in {where}."
        fix = Fix("apply", "Apply for a license instead", {"state": question.state})
        return Decision(FOUND, Outcome.FAIL, text, facts, fix=fix)
    text = f"License {question.number} is held in {where}."
    return Decision(FOUND, Outcome.PASS, text, about(question.license, held.as_of))


def expires(question: RenewalQuestion, held: Holdings) -> Decision:
    """FAIL for a license without an expiration date: there is nothing to renew."""
    license_ = question.license
    if license_ is None or license_.expiration_date is None:
        text = f"License {question.number} has no expiration date: it does not expire and is never renewed."
        return Decision(EXPIRES, Outcome.FAIL, text, {"license_number": question.number})
    ended = expired(license_, held.as_of)
    text = (
        f"License {license_.number} {'expired' if ended else 'expires'} on {day(license_.expiration_date)}."
    )
    return Decision(EXPIRES, Outcome.PASS, text, about(license_, held.as_of))


def active(question: RenewalQuestion, held: Holdings) -> Decision:
    """FAIL for a license that is not active though it has not expired: something else is the matter with it."""
    license_ = question.license
    if license_ is None or license_.active or expired(license_, held.as_of):
        text = f"Nothing but its term stands between license {question.number} and its renewal."
        return Decision(ACTIVE, Outcome.PASS, text, {"license_number": question.number})
    text = f"License {license_.number} is not active, and has not expired: a renewal does not mend that."
    fix = Fix("see_why_inactive", "See why", {"state": question.state, "number": license_.number})
    return Decision(ACTIVE, Outcome.FAIL, text, about(license_, held.as_of), fix=fix)
