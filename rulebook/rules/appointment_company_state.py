"""The company appoints in the state: it has an active company state setting there."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import CompanyFact
from rulebook.rules.wording import place

RULE = "appointment_company_state"


def evaluate(question: AppointmentQuestion, company: CompanyFact, book: RuleBook) -> Decision:
    """A setting that lists agent types speaks for those alone; one that lists none speaks for all."""
    state, setting = question.state, company.states.get(question.state)
    where = place(book, state)
    facts = {"company": company.name, "cocode": company.cocode, "state": state}
    fix = Fix(
        "open_company_state", f"Open {company.name} in {where}", {"cocode": company.cocode, "state": state}
    )
    if setting is None:
        text = f"{company.name} has no state setting for {where}."
    elif not setting.active:
        text = f"{company.name} has switched {where} off."
    elif setting.agent_types and question.agent_type not in setting.agent_types:
        facts["agent_types"] = ", ".join(setting.agent_types)
        text = f"{company.name} appoints {facts['agent_types']} in {where}, not {question.agent_type}."
    else:
        return Decision(RULE, Outcome.PASS, f"{company.name} appoints in {where}.", facts)
    return Decision(RULE, Outcome.FAIL, text, facts, fix=fix)
