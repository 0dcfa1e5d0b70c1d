"""Whether a termination of the appointment is under way: PASS when none is, FAIL when one is open."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.holdings import Holdings
from rulebook.rules.termination_question import TerminationQuestion
from rulebook.rules.wording import under_way

RULE = "termination_open_transaction"
KIND = "termination"


def evaluate(question: TerminationQuestion, held: Holdings) -> Decision:
    facts = {"state": question.state, "cocode": question.cocode, "loa_code": question.loa_code}
    rows = held.open_transactions(question.state, question.cocode)
    found = next(
        (fact for fact in rows if fact.kind == KIND and not fact.recorded and question.is_about(fact)), None
    )
    if found is None:
        return Decision(RULE, Outcome.PASS, "No termination of it is under way.", facts)
    facts |= {"status": found.status, "number": found.number}
    text = f"A termination of it is under way: {under_way(found)}."
    return Decision(RULE, Outcome.FAIL, text, facts, fix=Fix("open_transaction", "Follow it", facts))
