"""Whether a request for the appointment is under way: PASS when none is, FAIL when one is open."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.facts import OpenTransactionFact
from rulebook.rules.holdings import Holdings

RULE = "appointment_open_transaction"
KIND = "appointment"


def find(question: AppointmentQuestion, held: Holdings) -> OpenTransactionFact | None:
    return next(
        (
            fact
            for fact in held.open_transactions(question.state, question.cocode)
            if fact.kind == KIND and _is_asked(fact, question)
        ),
        None,
    )


def _is_asked(fact: OpenTransactionFact, question: AppointmentQuestion) -> bool:
    if question.names_a_line and fact.loa_code:
        return fact.loa_code == question.loa_code
    return not fact.category or fact.category in question.categories


def evaluate(question: AppointmentQuestion, held: Holdings) -> Decision:
    facts = {"state": question.state, "cocode": question.cocode}
    found = find(question, held)
    if found is None:
        return Decision(RULE, Outcome.PASS, "No request for it is under way.", facts)
    facts |= {"status": found.status}
    text = f"A request for it is under way: {found.status.replace('_', ' ') or 'open'}."
    fix = Fix("open_transaction", "Follow it", facts)
    return Decision(RULE, Outcome.FAIL, text, facts, fix=fix)
