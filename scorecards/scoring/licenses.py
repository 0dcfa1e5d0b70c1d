"""License cells: one a state and category, the best of what is held there."""

from __future__ import annotations

from collections.abc import Iterator

from rulebook.decision import Decision
from rulebook.rules import (
    late_renewal,
    license_carries,
    license_found,
    license_in_force,
    license_open_transaction,
    reinstatement,
    renewal_window,
)
from rulebook.rules.facts import AssignmentFact, LicenseFact
from rulebook.rules.holdings import Holdings
from scorecards.enums import Action, CellKind, LicenseCellStatus
from scorecards.scoring.values import Cell

Status = LicenseCellStatus
Answer = tuple[Status, tuple[Decision, ...]]

BETTER_FIRST = {status: rank for rank, status in enumerate(Status)}
ACTIONS = {
    Status.LICENSED: Action.NONE,
    Status.RENEW: Action.RENEW,
    Status.PENDING: Action.FOLLOW,
    Status.ADD_LINE: Action.AMEND,
    Status.LATE_RENEWAL: Action.RENEW_LATE,
    Status.REINSTATE: Action.REINSTATE,
    Status.INACTIVE: Action.SEE_WHY,
    Status.EXPIRED: Action.APPLY,
    Status.APPLY: Action.APPLY,
}


def license_cells(assignment: AssignmentFact, held: Holdings) -> Iterator[Cell]:
    for state in assignment.states:
        for category in assignment.loa_categories:
            yield license_cell(held, state, category, assignment.agent_type)


def license_cell(held: Holdings, state: str, category: str, agent_type: str) -> Cell:
    """Of all answers, the best; of equal ones, that of the license which expires last."""
    found = held.once(
        (license_found.RULE, state, agent_type), lambda: license_found.evaluate(held, state, agent_type)
    )
    licenses = held.licenses(state, agent_type)
    answers: list[Answer] = [_answer(held, license_, category) for license_ in licenses]
    if license_open_transaction.find(held, state, category):
        answers.append((Status.PENDING, (license_open_transaction.evaluate(held, state, category),)))
    status, decisions = min(answers, key=_rank, default=(Status.APPLY, ()))
    if len(licenses) != 1:
        decisions = (found, *decisions)
    return Cell(CellKind.LICENSE, state, category, "", status, ACTIONS[status], decisions)


def _rank(answer: Answer) -> int:
    return BETTER_FIRST[answer[0]]


def _answer(held: Holdings, license_: LicenseFact, category: str) -> Answer:
    """What one license says about one category."""
    key = id(license_)
    in_force = held.once(
        (license_in_force.RULE, key), lambda: license_in_force.evaluate(license_, held.as_of)
    )
    carries = held.once(
        (license_carries.RULE, key, category),
        lambda: license_carries.evaluate(license_, category, held.book),
    )
    if in_force.passed:
        return _in_force(held, license_, in_force, carries)
    if not license_in_force.expired(license_, held.as_of):
        return Status.INACTIVE, (in_force,)
    status, decisions = _expired(held, license_, in_force)
    return status, decisions if carries.passed else (*decisions, carries)


def _in_force(held: Holdings, license_: LicenseFact, in_force: Decision, carries: Decision) -> Answer:
    if not carries.passed:
        return Status.ADD_LINE, (in_force, carries)
    window = held.once(
        (renewal_window.RULE, id(license_)),
        lambda: renewal_window.evaluate(license_, held.book, held.as_of),
    )
    return Status.RENEW if window.passed else Status.LICENSED, (in_force, carries, window)


def _expired(held: Holdings, license_: LicenseFact, in_force: Decision) -> Answer:
    """Late renewal while it is open, then reinstatement; what is not known opens neither, and says so."""
    late = held.once(
        (late_renewal.RULE, id(license_)), lambda: late_renewal.evaluate(license_, held.book, held.as_of)
    )
    if late.passed:
        return Status.LATE_RENEWAL, (in_force, late)
    again = held.once(
        (reinstatement.RULE, id(license_)), lambda: reinstatement.evaluate(license_, held.book, held.as_of)
    )
    return Status.REINSTATE if again.passed else Status.EXPIRED, (in_force, late, again)
