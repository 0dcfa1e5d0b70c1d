"""Whether a license in force carries every line asked for already: PASS when something is left to ask for."""

from __future__ import annotations

from rulebook.decision import Decision, Outcome
from rulebook.rules.holdings import Holdings
from rulebook.rules.license_request_question import ApplicationQuestion, carries
from rulebook.rules.wording import about, place

RULE = "license_request_held"


def evaluate(question: ApplicationQuestion, held: Holdings) -> Decision:
    where, target = place(held.book, question.state), question.target
    names = ", ".join(line.loa or line.loa_code for line in question.lines)
    if target is None:
        facts = {"state": question.state, "agent_type": question.agent_type}
        text = f"No {question.agent_type} license in {where} is in force: a new one is applied for."
        return Decision(RULE, Outcome.PASS, text, facts)
    facts = about(target, held.as_of)
    if all(carries(target, line) for line in question.lines):
        text = f"License {target.number} in {where} carries {names}."
        return Decision(RULE, Outcome.FAIL, text, facts)
    text = f"License {target.number} in {where} is in force: {names} is added to it."
    return Decision(RULE, Outcome.PASS, text, facts)
