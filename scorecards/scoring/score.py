"""The scorecard of one assignment, as of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rulebook.rules.book import RuleBook
from rulebook.rules.facts import AssignmentFact, CompanyFact, ProducerFact
from rulebook.rules.holdings import Holdings
from scorecards.scoring.appointments import appointment_cells
from scorecards.scoring.calendar import next_change_on
from scorecards.scoring.licenses import license_cells
from scorecards.scoring.outside import outside_entries
from scorecards.scoring.values import Cell, Figures, ScoreResult


def score(
    assignment: AssignmentFact,
    facts: ProducerFact,
    rules: RuleBook,
    as_of: date,
    companies: Mapping[str, CompanyFact],
) -> ScoreResult:
    """What the assignment asks for against what the facts show. Nothing is read but the arguments."""
    held = Holdings(facts, rules, as_of)
    cells = cells_of(assignment, held, companies)
    return ScoreResult(
        as_of=as_of,
        cells=cells,
        outside=tuple(outside_entries(assignment, held)),
        figures=Figures.of(cells),
        next_change_on=next_change_on(assignment, held),
    )


def cells_of(
    assignment: AssignmentFact, held: Holdings, companies: Mapping[str, CompanyFact]
) -> tuple[Cell, ...]:
    """The grid alone, without what lies outside of it."""
    cells = list(license_cells(assignment, held))
    if assignment.wants_appointments:
        cells.extend(appointment_cells(assignment, held, companies))
    return tuple(cells)
