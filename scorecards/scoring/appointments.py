"""Appointment cells: one a state, category and company."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rulebook.decision import Decision
from rulebook.rules import appointment_held, appointment_open_transaction
from rulebook.rules.appointment_eligibility import appoints_here, judge
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.facts import AssignmentFact, CompanyFact
from rulebook.rules.holdings import Holdings, begins_later
from scorecards.enums import Action, AppointmentCellStatus, CellKind
from scorecards.scoring.values import Cell

Status = AppointmentCellStatus
HELD = "held"
ACTIONS = {
    Status.APPOINTED: Action.NONE,
    Status.NOT_REQUIRED: Action.NONE,
    Status.PENDING: Action.FOLLOW,
    Status.HELD: Action.RELEASE,
    Status.APPOINT: Action.APPOINT,
    Status.BLOCKED: Action.FIX,
}


def appointment_cells(
    assignment: AssignmentFact, held: Holdings, companies: Mapping[str, CompanyFact]
) -> Iterator[Cell]:
    for cocode in assignment.cocodes:
        company = companies.get(cocode)
        for state in assignment.states:
            for category in assignment.loa_categories:
                question = AppointmentQuestion(state, cocode, frozenset((category,)), assignment.agent_type)
                yield appointment_cell(question, category, held, company)


def appointment_cell(
    question: AppointmentQuestion, category: str, held: Holdings, company: CompanyFact | None
) -> Cell:
    status, decisions = _answer(question, held, company)
    return Cell(
        CellKind.APPOINTMENT, question.state, category, question.cocode, status, ACTIONS[status], decisions
    )


def _answer(
    question: AppointmentQuestion, held: Holdings, company: CompanyFact | None
) -> tuple[Status, tuple[Decision, ...]]:
    """What is held goes before what is needed, and what is under way before what could be asked for."""
    current = _current(question, held, company)
    if current.passed:
        begun = not begins_later(current.facts.get("status_date"), held.as_of)
        return Status.APPOINTED if begun else Status.PENDING, (current,)
    appoints = appoints_here(held, question.state)
    if not (appoints.passed or appoints.unknown):
        return Status.NOT_REQUIRED, (appoints,)
    under_way = appointment_open_transaction.find(question, held)
    if under_way:
        status = Status.HELD if under_way.status == HELD else Status.PENDING
        return status, (appointment_open_transaction.evaluate(question, held),)
    verdict = judge(question, held, company, with_duplicates=False)
    return Status.APPOINT if verdict.eligible else Status.BLOCKED, (current, *verdict.decisions)


def _current(question: AppointmentQuestion, held: Holdings, company: CompanyFact | None) -> Decision:
    """The answer about the appointment held; without any by the company in the state, one for all categories."""
    known = company or CompanyFact(name=f"CoCode {question.cocode}", cocode=question.cocode)
    if held.appointments(question.state, known):
        return appointment_held.evaluate(question, held, known)
    return held.once(
        (appointment_held.RULE, question.state, question.cocode),
        lambda: appointment_held.evaluate(question, held, known),
    )
