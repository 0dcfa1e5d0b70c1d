"""A date that is given lies within the days that the state takes back. UNKNOWN where its limit is not known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.book import RuleBook, RuleValue
from rulebook.rules.wording import day, days, decide, place, set_rule

RULE = "termination_backdating"
FIELD = "backdate_termination_days"
IN_WORDS = "termination_date_rule"


def stamps_its_own_date(book: RuleBook, state: str, today: date) -> bool:
    """Whether the state sets the date itself: then any date that is given is refused, today's too."""
    limit = book.value(state, FIELD, today)
    return limit is not None and limit.number == 0


def earliest(book: RuleBook, state: str, today: date) -> date | None:
    """The first day that the state takes; None where it sets the date itself or its limit is not known."""
    limit = book.value(state, FIELD, today)
    return today - timedelta(days=limit.number) if limit is not None and limit.number else None


def evaluate(book: RuleBook, state: str, effective_date: date | None, today: date) -> Decision:
    """FAIL with the fact `limit_days`, 0 where the state sets its own date. The last day of the limit counts."""
    where, limit = place(book, state), book.value(state, FIELD, today)
    words = book.value(state, IN_WORDS, today)
    facts: dict[str, Any] = {"state": state, "effective_date": effective_date, "today": today}
    facts |= {"said": words.value} if words else {}
    if effective_date is None:
        text = f"No date is given: {where} sets it."
        return decide(RULE, Outcome.PASS, text, facts, limit)
    if limit is None:
        said = f" It says: {words.value}." if words else ""
        text = f"How far back {where} takes a termination is not known; {day(effective_date)} is sent as given.{said}"
        return decide(RULE, Outcome.UNKNOWN, text, facts, words, fix=set_rule(state, FIELD, today))
    return _within(where, limit, effective_date, today, facts)


def _within(where: str, limit: RuleValue, given: date, today: date, facts: dict[str, Any]) -> Decision:
    facts |= {"limit_days": limit.number}
    if limit.number == 0:
        fix = Fix("clear_date", "Ask without a date", {"state": facts["state"]})
        text = f"{where} sets the date itself and takes none."
        return decide(RULE, Outcome.FAIL, text, facts, limit, fix=fix)
    first = today - timedelta(days=limit.number)
    facts |= {"earliest": first}
    if given >= first:
        text = f"{where} takes {day(given)}: up to {days(limit.number)} back, from {day(first)}."
        return decide(RULE, Outcome.PASS, text, facts, limit)
    text = f"{day(given)} is too far back: {where} takes {days(limit.number)}, from {day(first)}."
    fix = Fix("choose_date", f"Choose a day from {day(first)}", {"earliest": first, "latest": today})
    return decide(RULE, Outcome.FAIL, text, facts, limit, fix=fix)
