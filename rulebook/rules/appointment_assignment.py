"""Where the company asks for an assignment, one of the producer's covers state, category and company."""

from __future__ import annotations

from collections.abc import Iterable

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.facts import AssignmentFact, CompanyFact

RULE = "appointment_assignment"


def covers(assignment: AssignmentFact, question: AppointmentQuestion) -> bool:
    return (
        question.state in assignment.states
        and question.cocode in assignment.cocodes
        and not question.categories.isdisjoint(assignment.loa_categories)
    )


def evaluate(
    question: AppointmentQuestion, company: CompanyFact, assignments: Iterable[AssignmentFact]
) -> Decision:
    facts = {"company": company.name, "cocode": company.cocode}
    if not company.requires_assignment:
        text = f"{company.name} appoints with or without a producer assignment."
        return Decision(RULE, Outcome.PASS, text, facts)
    if any(covers(assignment, question) for assignment in assignments):
        text = f"{company.name} asks for a producer assignment, and one covers this."
        return Decision(RULE, Outcome.PASS, text, facts)
    text = (
        f"{company.name} asks for a producer assignment, and none covers {question.what} in {question.state}."
    )
    params = {"state": question.state, "categories": sorted(question.categories), "cocode": company.cocode}
    fix = Fix("edit_assignment", "Add it to the assignment", params)
    return Decision(RULE, Outcome.FAIL, text, facts | {"state": question.state}, fix=fix)
