"""An expired licence can still be renewed late for so many days after it expired, by the state's rule."""

from __future__ import annotations

from datetime import date, timedelta

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import LicenseFact
from rulebook.rules.license_in_force import expired
from rulebook.rules.wording import about, day, days, decide, place, set_rule

RULE = "late_renewal"
FIELD = "late_renewal_days"


def evaluate(held: LicenseFact, book: RuleBook, as_of: date) -> Decision:
    expires, state = held.expiration_date, held.state
    facts = about(held, as_of)
    if expires is None or not expired(held, as_of):
        text = f"License {held.number} in {state} has not expired."
        return decide(RULE, Outcome.FAIL, text, facts)
    late = book.value(state, FIELD, as_of)
    if late is None:
        text = f"How long {place(book, state)} takes late renewals is not known."
        return decide(RULE, Outcome.UNKNOWN, text, facts, fix=set_rule(state, FIELD, as_of))
    until = expires + timedelta(days=late.number)
    facts |= {"late_days": late.number, "until": until}
    if as_of <= until:
        text = (
            f"Expired on {day(expires)}; {place(book, state)} renews late for {days(late.number)}, "
            f"until {day(until)}."
        )
        fix = Fix("renew_late", "Renew late", {"state": state, "number": held.number})
        return decide(RULE, Outcome.PASS, text, facts, late, fix=fix)
    if late.number == 0:
        text = f"Expired on {day(expires)}; {place(book, state)} takes no late renewals."
    else:
        text = f"Expired on {day(expires)}; late renewal in {place(book, state)} ended on {day(until)}."
    return decide(RULE, Outcome.FAIL, text, facts, late)
