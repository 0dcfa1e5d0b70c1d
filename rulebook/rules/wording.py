"""How the rules' sentences say dates, days and places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.book import RuleBook, RuleValue
from rulebook.rules.facts import LicenseFact, OpenTransactionFact


@lru_cache(maxsize=65536)
def day(when: date) -> str:
    """A date as the screens write it: "31 Mar 2027"."""
    return f"{when.day} {when:%b %Y}"


def days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def place(book: RuleBook, state: str) -> str:
    """The name of a state, or its code where the book does not name it."""
    return book.jurisdictions.get(state) or state


def under_way(fact: OpenTransactionFact) -> str:
    """An open request by its number and where it stands: "GT-00000012, ready to submit"."""
    return ", ".join(part for part in (fact.number, fact.status.replace("_", " ")) if part) or "open"


def about(held: LicenseFact, as_of: date) -> dict[str, Any]:
    """The facts that every answer about a licence rests on."""
    return {
        "state": held.state,
        "license_number": held.number,
        "expiration_date": held.expiration_date,
        "as_of": as_of,
    }


def decide(
    rule: str,
    outcome: Outcome,
    text: str,
    facts: Mapping[str, Any],
    by: RuleValue | None = None,
    *,
    fix: Fix | None = None,
) -> Decision:
    """A decision that carries who says so: the state rule it used, shipped or local."""
    if by is None:
        return Decision(rule, outcome, text, facts, fix=fix)
    return Decision(
        rule,
        outcome,
        text,
        facts,
        by.told_by,
        by.effective_from,
        fix,
        by.overridden,
        by.effective_to,
        by.confidence,
    )


def set_rule(state: str, field: str, on: date) -> Fix:
    """The fix for what nobody knows: say it as a local rule."""
    return Fix("add_rule", "Add a local rule", {"state": state, "field": field, "on": on})
