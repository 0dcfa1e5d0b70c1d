"""A licence is in force when it was issued, is active and has not expired. Without expiration date it never expires."""

from __future__ import annotations

from datetime import date

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.facts import LicenseFact
from rulebook.rules.wording import about, day, decide

RULE = "license_in_force"


def expired(held: LicenseFact, as_of: date) -> bool:
    """The day of expiration still counts."""
    return held.expiration_date is not None and held.expiration_date < as_of


def issued(held: LicenseFact, as_of: date) -> bool:
    """The day of issue counts. Where the registry gives none, nothing speaks against it."""
    return held.issue_date is None or held.issue_date <= as_of


def in_force(held: LicenseFact, as_of: date) -> bool:
    """The answer without its explanation, for rules that only sort licences."""
    return held.active and issued(held, as_of) and not expired(held, as_of)


def evaluate(held: LicenseFact, as_of: date) -> Decision:
    facts = about(held, as_of) | {"active": held.active}
    name = f"License {held.number} in {held.state}"
    expires = held.expiration_date
    if expires is not None and expires < as_of:
        fix = Fix("renew_or_apply", "Renew, reinstate or apply again", {"state": held.state})
        return decide(RULE, Outcome.FAIL, f"{name} expired on {day(expires)}.", facts, fix=fix)
    if not held.active:
        fix = Fix("see_why_inactive", "See why", {"state": held.state, "number": held.number})
        return decide(RULE, Outcome.FAIL, f"{name} is not active.", facts, fix=fix)
    if held.issue_date is not None and not issued(held, as_of):
        facts["issue_date"] = held.issue_date
        text = f"{name} is issued on {day(held.issue_date)}, and not in force before."
        return decide(RULE, Outcome.FAIL, text, facts)
    if expires is None:
        text = f"{name} is active and has no expiration date: it does not expire."
        return decide(RULE, Outcome.PASS, text, facts)
    return decide(RULE, Outcome.PASS, f"{name} is active until {day(expires)}.", facts)
