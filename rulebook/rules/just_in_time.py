"""Whether a state lets a company appoint after the first business is written, and within how many days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from rulebook.decision import Decision, Outcome
from rulebook.rules.book import RuleBook, RuleValue
from rulebook.rules.wording import day, days, decide, place, set_rule

RULE = "just_in_time"
ALLOWED = "jit_allowed"
DAYS = "jit_days"
CATEGORIES = "jit_categories"


def evaluate(book: RuleBook, state: str, as_of: date, categories: Collection[str] = ()) -> Decision:
    """Where a state allows it in part, all the categories have to be covered."""
    facts = {"state": state, "categories": sorted(categories), "as_of": as_of}
    name = place(book, state)
    rule = book.value(state, ALLOWED, as_of)
    if rule is None:
        text = f"Whether {name} allows just-in-time appointments is not known."
        return decide(RULE, Outcome.UNKNOWN, text, facts, fix=set_rule(state, ALLOWED, as_of))
    facts["allowed"] = rule.value
    match rule.value:
        case "yes":
            return _allowed(book, rule, facts)
        case "partial":
            return _in_part(book, rule, facts)
        case "n/a":
            text = f"{name} takes no filings, so there is nothing to appoint just in time."
        case _:
            text = f"{name} does not allow just-in-time appointments."
    return decide(RULE, Outcome.FAIL, text, facts, rule)


def _allowed(book: RuleBook, rule: RuleValue, facts: dict[str, Any]) -> Decision:
    name = place(book, facts["state"])
    limit = book.value(facts["state"], DAYS, facts["as_of"])
    if limit is None:
        text = f"{name} allows just-in-time appointments; within how many days is not known."
        return decide(RULE, Outcome.PASS, text, facts, rule)
    text = f"{name} allows just-in-time appointments within {days(limit.number)} of the first business."
    # The limit may be local while the permission is shipped: name the one that was changed here.
    by = limit if limit.overridden else rule
    return decide(RULE, Outcome.PASS, text, facts | {"days": limit.number}, by)


def _in_part(book: RuleBook, rule: RuleValue, facts: dict[str, Any]) -> Decision:
    state, as_of, asked = facts["state"], facts["as_of"], set(facts["categories"])
    covered = book.value(state, CATEGORIES, as_of)
    if covered is None or not asked:
        text = f"{place(book, state)} allows just-in-time appointments for some lines only."
        return decide(RULE, Outcome.UNKNOWN, text, facts, rule, fix=set_rule(state, CATEGORIES, as_of))
    if asked <= set(covered.words):
        return _allowed(book, covered, facts)
    only = " and ".join(covered.words)
    text = f"{place(book, state)} allows just-in-time appointments for {only} only."
    return decide(RULE, Outcome.FAIL, text, facts | {"allowed_categories": list(covered.words)}, covered)


def appoint_by(book: RuleBook, state: str, first_business: date) -> tuple[date | None, Decision]:
    """The last day on which the appointment may still be filed, by the rule of the day of the first business.

    Calendar days. None where the state allows none, or does not say how many.
    """
    facts = {"state": state, "first_business": first_business}
    name = place(book, state)
    allowed = book.value(state, ALLOWED, first_business)
    if allowed is not None and allowed.value in ("no", "n/a"):
        text = f"{name} does not allow just-in-time appointments."
        return None, decide(RULE, Outcome.FAIL, text, facts, allowed)
    limit = book.value(state, DAYS, first_business)
    if limit is None:
        text = f"Within how many days of the first business {name} takes the appointment is not known."
        fix = set_rule(state, DAYS, first_business)
        return None, decide(RULE, Outcome.UNKNOWN, text, facts, fix=fix)
    last = first_business + timedelta(days=limit.number)
    text = f"{name} takes the appointment until {day(last)}: {days(limit.number)} from the first business."
    return last, decide(RULE, Outcome.PASS, text, facts | {"days": limit.number, "appoint_by": last}, limit)
