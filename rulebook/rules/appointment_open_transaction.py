"""Whether a request for the appointment is under way: PASS when none is, FAIL when one is open."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.facts import OpenTransactionFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.wording import under_way

RULE = "appointment_open_transaction"
KIND = "appointment"


def find(question: AppointmentQuestion, held: Holdings) -> OpenTransactionFact | None:
    """What is recorded here for good is not under way: see `appointment_recorded`."""
    return next(
        (
            fact
            for fact in held.open_transactions(question.state, question.cocode)
            if fact.kind == KIND and not fact.recorded and is_asked(fact, question)
        ),
        None,
    )


def is_asked(fact: OpenTransactionFact, question: AppointmentQuestion) -> bool:
    """Whether a request is for what is asked about: the same line and county, or a category of it."""
    if question.names_a_line and (fact.loa_code or fact.loa):
        codes = question.loa_code and fact.loa_code
        same = question.loa_code == fact.loa_code if codes else question.is_line(fact.loa_code, fact.loa)
        return same and fact.county == question.county
    return not fact.category or fact.category in question.categories


def evaluate(question: AppointmentQuestion, held: Holdings) -> Decision:
    facts = {"state": question.state, "cocode": question.cocode}
    found = find(question, held)
    if found is None:
        return Decision(RULE, Outcome.PASS, "No request for it is under way.", facts)
    facts |= {"status": found.status, "number": found.number}
    text = f"A request for it is under way: {under_way(found)}."
    fix = Fix("open_transaction", "Follow it", facts)
    return Decision(RULE, Outcome.FAIL, text, facts, fix=fix)
