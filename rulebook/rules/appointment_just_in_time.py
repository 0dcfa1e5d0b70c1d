"""Whether the appointment may wait for the first business: the state and the company's setting must both allow it."""

from __future__ import annotations

from rulebook.decision import Decision, Outcome
from rulebook.rules import just_in_time
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.facts import CompanyFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.wording import place

RULE = "appointment_just_in_time"


def evaluate(question: AppointmentQuestion, held: Holdings, company: CompanyFact) -> Decision:
    setting = company.states.get(question.state)
    if setting is None or not setting.just_in_time:
        facts = {"company": company.name, "state": question.state}
        text = f"{company.name} appoints up front in {place(held.book, question.state)}."
        return Decision(RULE, Outcome.FAIL, text, facts)
    return just_in_time.evaluate(held.book, question.state, held.as_of, question.categories)
