"""Whether a licence class is a producer's, an adjuster's or a surplus lines licence, or none of the three."""

from __future__ import annotations

from rulebook.decision import Decision, Outcome
from rulebook.rules.book import RuleBook, normalised
from rulebook.rules.classes import type_by_words
from rulebook.rules.facts import LicenseFact
from rulebook.rules.wording import place

RULE = "license_agent_type"
ASSUMED = "assumed"


def of(held: LicenseFact, book: RuleBook) -> str:
    """The answer without its explanation."""
    return held.agent_type or book.agent_type(held.state, held.class_code, held.class_name)


def evaluate(held: LicenseFact, book: RuleBook) -> Decision:
    """How the agent type was read. Always INFO, or UNKNOWN where it had to be assumed."""
    state, agent_type = held.state, of(held, book)
    name = held.class_name or f"class {held.class_code or 'without code'}"
    facts = {
        "state": state,
        "class_code": held.class_code,
        "class_name": held.class_name,
        "agent_type": agent_type,
    }
    known = book.license_class(state, held.class_code, held.class_name)
    reads = f"{name} in {place(book, state)} is read as {agent_type}"
    if held.agent_type:
        return Decision(RULE, Outcome.INFO, f"{reads}: the license says so.", facts)
    if known is not None and known.kind:
        facts["kind"] = known.kind
        text = f"{reads}: the library lists it as {known.kind.replace('_', ' ')}."
        return Decision(RULE, Outcome.INFO, text, facts, known.source, confidence=known.confidence)
    if type_by_words(normalised(held.class_name or (known.name if known else ""))):
        return Decision(
            RULE, Outcome.INFO, f"{reads}: its name says so.", facts, confidence="matched_by_name"
        )
    text = f"{reads}: the library does not know the class."
    return Decision(RULE, Outcome.UNKNOWN, text, facts, confidence=ASSUMED)
