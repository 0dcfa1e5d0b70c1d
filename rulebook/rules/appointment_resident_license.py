"""The producer has a resident license, in whichever state, that is active and not expired."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.holdings import Holdings
from rulebook.rules.wording import day, place

RULE = "appointment_resident_license"


def evaluate(held: Holdings) -> Decision:
    resident = held.resident_license
    if resident is None:
        fix = Fix("renew_or_apply", "Put the resident license in order", {})
        text = "No resident license is active and not expired."
        return Decision(RULE, Outcome.FAIL, text, {"as_of": held.as_of}, fix=fix)
    expires = resident.expiration_date
    facts = {"state": resident.state, "license_number": resident.number, "expiration_date": expires}
    until = f"until {day(expires)}" if expires else "and does not expire"
    where = place(held.book, resident.state)
    text = f"Resident license {resident.number} in {where} is active {until}."
    return Decision(RULE, Outcome.PASS, text, facts)
