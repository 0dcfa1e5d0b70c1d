"""Whether documents go with the reason: INFO when they do, PASS when none do, UNKNOWN when nobody knows.

For cause they always do: they go to the regulator, and may follow. A state may name reasons that it wants them for.
"""

from __future__ import annotations

from datetime import date

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.book import RuleBook
from rulebook.rules.reasons import ReasonFact
from rulebook.rules.wording import decide, place, set_rule

RULE = "termination_documents"
FIELD = "termination_document_reasons"
ATTACH = Fix("attach_documents", "Attach the documents")


def required(book: RuleBook, state: str, reason: ReasonFact | None, today: date) -> bool:
    """Only where it is known that they are."""
    for_cause = reason is not None and reason.for_cause == "yes"
    return for_cause or named_by_state(book, state, reason, today)


def named_by_state(book: RuleBook, state: str, reason: ReasonFact | None, today: date) -> bool:
    """Whether the state itself says that it wants them for this reason."""
    named = book.value(state, FIELD, today)
    return reason is not None and named is not None and reason.slug in named.words


def evaluate(book: RuleBook, state: str, reason: ReasonFact | None, today: date) -> Decision:
    where, named = place(book, state), book.value(state, FIELD, today)
    facts = {"state": state, "reason": reason.slug if reason else "", "as_of": today}
    if reason is None:
        return Decision(RULE, Outcome.PASS, f"Without a reason {where} wants no documents.", facts)
    by_state = named_by_state(book, state, reason, today)
    if reason.for_cause == "yes" and not by_state:
        text = f"{reason.label}: the documents go to the regulator, and a copy to the producer."
        return Decision(RULE, Outcome.INFO, text, facts, fix=ATTACH)
    if by_state:
        text = f"{where} wants documents for {reason.label}."
        return decide(RULE, Outcome.INFO, text, facts, named, fix=ATTACH)
    if named is None and reason.for_cause != "no":
        text = f"Whether {where} wants documents for {reason.label} is not known."
        return decide(RULE, Outcome.UNKNOWN, text, facts, fix=set_rule(state, FIELD, today))
    return decide(RULE, Outcome.PASS, f"{where} wants no documents for {reason.label}.", facts, named)
