"""A licence can be renewed in the days before it expires: how many, the state's rule says."""

from __future__ import annotations

from datetime import date, timedelta

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import LicenseFact
from rulebook.rules.wording import about, day, days, decide, place, set_rule

RULE = "renewal_window"
FIELD = "renewal_window_days"


def evaluate(held: LicenseFact, book: RuleBook, as_of: date) -> Decision:
    expires = held.expiration_date
    facts = about(held, as_of)
    if expires is None:
        text = f"License {held.number} in {held.state} does not expire and is never renewed."
        return decide(RULE, Outcome.FAIL, text, facts)
    if expires < as_of:
        text = f"License {held.number} in {held.state} expired on {day(expires)}: its window is closed."
        return decide(RULE, Outcome.FAIL, text, facts)
    window = book.value(held.state, FIELD, as_of)
    if window is None:
        text = f"The renewal window of {place(book, held.state)} is not known."
        fix = set_rule(held.state, FIELD, as_of)
        return decide(RULE, Outcome.UNKNOWN, text, facts, fix=fix)
    opens = expires - timedelta(days=window.number)
    facts |= {"window_days": window.number, "opens": opens, "closes": expires}
    if as_of < opens:
        text = (
            f"{place(book, held.state)} renews from {days(window.number)} before expiration: "
            f"the window opens on {day(opens)}."
        )
        return decide(RULE, Outcome.FAIL, text, facts, window)
    text = (
        f"{place(book, held.state)} renews from {days(window.number)} before expiration: "
        f"open since {day(opens)}, until {day(expires)}."
    )
    fix = Fix("renew", "Renew", {"state": held.state, "number": held.number})
    return decide(RULE, Outcome.PASS, text, facts, window, fix=fix)
