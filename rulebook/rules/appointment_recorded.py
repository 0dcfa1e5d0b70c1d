"""Whether the appointment is recorded here without being filed: PASS when it is, FAIL when it is not.

So are those of registry states, and internal ones. A recorded appointment is held; nothing more is to be asked for.
"""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.appointment_open_transaction import KIND, is_asked
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.holdings import Holdings

RULE = "appointment_recorded"


def evaluate(question: AppointmentQuestion, held: Holdings) -> Decision:
    facts = {"state": question.state, "cocode": question.cocode}
    rows = held.open_transactions(question.state, question.cocode)
    found = next(
        (fact for fact in rows if fact.recorded and fact.kind == KIND and is_asked(fact, question)), None
    )
    if found is None:
        return Decision(RULE, Outcome.FAIL, "It is not recorded here.", facts)
    text = f"Recorded here as {found.number or 'a transaction'}: nothing is filed for it."
    fix = Fix("open_transaction", "Open it", facts | {"number": found.number})
    return Decision(RULE, Outcome.PASS, text, facts | {"number": found.number}, fix=fix)
