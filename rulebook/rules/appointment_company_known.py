"""The company asked for is one that this organisation keeps."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.facts import CompanyFact

RULE = "appointment_company_known"


def evaluate(question: AppointmentQuestion, company: CompanyFact | None) -> Decision:
    facts = {"cocode": question.cocode}
    if company is None:
        fix = Fix("add_company", "Add the company", facts)
        return Decision(RULE, Outcome.FAIL, f"No company has the CoCode {question.cocode}.", facts, fix=fix)
    facts["company"] = company.name
    return Decision(RULE, Outcome.PASS, f"{company.name} has the CoCode {company.cocode}.", facts)
