"""The first day on which a licence can be renewed, looking ahead over rules that begin or end on the way."""

from __future__ import annotations

from datetime import date, timedelta

from rulebook.decision import Decision, Outcome
from rulebook.rules.book import RuleBook, RuleValue
from rulebook.rules.facts import LicenseFact
from rulebook.rules.renewal_window import FIELD
from rulebook.rules.wording import about, day, days, decide, place, set_rule

RULE = "renewal_opens"


def opens_on(held: LicenseFact, book: RuleBook, as_of: date) -> tuple[date, RuleValue] | None:
    """The day and the rule that opens it; None when it never opens, or when that is not known."""
    expires = held.expiration_date
    if expires is None or expires < as_of:
        return None
    for first, last, rule in book.periods(held.state, FIELD, as_of, expires):
        if rule is None:
            continue
        opens = max(first, expires - timedelta(days=rule.number))
        if opens <= last:
            return opens, rule
    return None


def evaluate(held: LicenseFact, book: RuleBook, as_of: date) -> Decision:
    state, expires = held.state, held.expiration_date
    facts = about(held, as_of)
    if expires is None:
        text = f"License {held.number} in {state} does not expire and is never renewed."
        return decide(RULE, Outcome.INFO, text, facts)
    if expires < as_of:
        text = f"License {held.number} in {state} expired on {day(expires)}."
        return decide(RULE, Outcome.INFO, text, facts)
    found = opens_on(held, book, as_of)
    if found is None:
        text = f"The renewal window of {place(book, state)} is not known, so neither is the day it opens."
        return decide(RULE, Outcome.UNKNOWN, text, facts, fix=set_rule(state, FIELD, as_of))
    opens, rule = found
    facts |= {"opens": opens, "window_days": rule.number}
    verb = "is open" if opens <= as_of else f"opens on {day(opens)}"
    text = f"The renewal window of {place(book, state)} ({days(rule.number)} before {day(expires)}) {verb}."
    return decide(RULE, Outcome.INFO, text, facts, rule)
