"""The company supports a category of the line asked for."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.appointment_question import AppointmentQuestion, category_words
from rulebook.rules.facts import CompanyFact

RULE = "appointment_company_category"


def evaluate(question: AppointmentQuestion, company: CompanyFact) -> Decision:
    """A line of two categories needs one of them: it is sold under whichever the company supports."""
    facts = {
        "company": company.name,
        "cocode": company.cocode,
        "categories": sorted(question.categories),
        "supported": sorted(company.loa_categories),
    }
    if not question.categories.isdisjoint(company.loa_categories):
        text = f"{company.name} supports {category_words(question.categories & company.loa_categories)}."
        return Decision(RULE, Outcome.PASS, text, facts)
    if not question.categories:
        text = f"The category of {question.what} is not known, nor whether {company.name} supports it."
        params = {"state": question.state, "loa_code": question.loa_code}
        fix = Fix("set_line_categories", "Say its category", params)
        return Decision(RULE, Outcome.FAIL, text, facts, fix=fix)
    text = f"{company.name} does not support {category_words(question.categories)}."
    fix = Fix("edit_company", f"Open {company.name}", {"cocode": company.cocode})
    return Decision(RULE, Outcome.FAIL, text, facts, fix=fix)
