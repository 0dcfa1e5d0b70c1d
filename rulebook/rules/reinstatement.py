"""An expired licence can be reinstated for so many days, counted from the day it expired."""

from __future__ import annotations

from datetime import date, timedelta

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import LicenseFact
from rulebook.rules.license_in_force import expired
from rulebook.rules.wording import about, day, days, decide, place, set_rule

RULE = "reinstatement"
FIELD = "reinstatement_days"


def evaluate(held: LicenseFact, book: RuleBook, as_of: date) -> Decision:
    expires, state = held.expiration_date, held.state
    facts = about(held, as_of)
    if expires is None or not expired(held, as_of):
        text = f"License {held.number} in {state} has not expired."
        return decide(RULE, Outcome.FAIL, text, facts)
    limit = book.value(state, FIELD, as_of)
    if limit is None:
        text = f"Whether {place(book, state)} reinstates an expired license, and how long, is not known."
        return decide(RULE, Outcome.UNKNOWN, text, facts, fix=set_rule(state, FIELD, as_of))
    until = expires + timedelta(days=limit.number)
    facts |= {"reinstatement_days": limit.number, "until": until}
    if as_of <= until:
        text = (
            f"Expired on {day(expires)}; {place(book, state)} reinstates for {days(limit.number)} from then, "
            f"until {day(until)}."
        )
        fix = Fix("reinstate", "Reinstate", {"state": state, "number": held.number})
        return decide(RULE, Outcome.PASS, text, facts, limit, fix=fix)
    text = f"Expired on {day(expires)}; reinstatement in {place(book, state)} ended on {day(until)}."
    fix = Fix("apply", "Apply for a new license", {"state": state})
    return decide(RULE, Outcome.FAIL, text, facts, limit, fix=fix)
