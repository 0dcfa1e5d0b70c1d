"""What a state takes for a license. No source of it is in the library yet, so it is not known: the state bills it."""

from __future__ import annotations

from rulebook.decision import Decision, Outcome
from rulebook.rules.book import RuleBook
from rulebook.rules.wording import place

RULE = "license_request_fee"


def evaluate(book: RuleBook, state: str) -> Decision:
    """Always UNKNOWN: nobody may read it as zero."""
    text = f"What {place(book, state)} takes for a license is not in the library: the state bills it."
    return Decision(RULE, Outcome.UNKNOWN, text, {"state": state})
