"""Reads of scorecards, with names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import QuerySet, Sum

from appointments.facts import company_facts, full_facts
from producers.as_of import AsOf
from producers.facts import assignment_fact
from producers.models import Producer
from rulebook.selectors import load_rule_book
from scorecards.enums import Action
from scorecards.models import Scorecard, ScorecardTally
from scorecards.packing import Sheet, pack, unpack
from scorecards.scoring import Figures, score
from scorecards.wording import NEXT_STEPS

if TYPE_CHECKING:
    from core.accounts.models import User

RUNNING = {"assignment__ended_at": None}
PERSONAL = ("producer__ssn", "producer__birth_date", "producer__agency__ssn", "producer__agency__birth_date")


def scorecards() -> QuerySet[Scorecard]:
    """Scorecards with what a page or a list says about whose they are, and nothing personal."""
    related = ("assignment", "producer", "producer__agency", "producer__owner")
    return Scorecard.objects.select_related(*related).defer(*PERSONAL)


def scorecard_list(user: User | None = None) -> QuerySet[Scorecard]:
    """The running ones: of ended assignments nothing is to be done."""
    return scorecards().filter(**RUNNING)


def scorecards_of(producer: Producer) -> QuerySet[Scorecard]:
    return Scorecard.objects.filter(producer=producer, **RUNNING).select_related("assignment").order_by("pk")


@dataclass(frozen=True, slots=True)
class View:
    """A scorecard as it is shown: stored, or worked out for another day without being stored."""

    sheet: Sheet
    figures: Figures
    as_of: date | None
    facts_read_at: datetime | None
    computed_at: datetime | None
    stored: bool = True

    @property
    def cells(self) -> int:
        return len(self.sheet.rows)

    @property
    def licensed_percent(self) -> Decimal | None:
        return self.figures.licensed_percent

    @property
    def appointed_percent(self) -> Decimal | None:
        return self.figures.appointed_percent


def view_of(scorecard: Scorecard, as_of: AsOf) -> View:
    """What is stored for today; for any other day, the same function over what was known then."""
    if as_of.is_today:
        figures = Figures(
            scorecard.license_cells,
            scorecard.licensed,
            scorecard.appointment_cells,
            scorecard.appointed,
            scorecard.to_do,
        )
        return View(
            scorecard.content, figures, scorecard.as_of, scorecard.facts_read_at, scorecard.computed_at
        )
    facts = full_facts([scorecard.producer_id], known_at=as_of.known_at)[scorecard.producer_id]
    assignment = assignment_fact(scorecard.assignment)
    result = score(assignment, facts, load_rule_book(), as_of.on, company_facts(assignment.cocodes))
    body, _digest = pack(result)
    return View(unpack(body), result.figures, as_of.on, as_of.known_at, None, stored=False)


@dataclass(frozen=True, slots=True)
class ToDo:
    """How many cells ask for one action, and in which states, most first."""

    action: str
    label: str
    cells: int
    states: list[tuple[str, int]]


def to_do_by_action(scorecards: QuerySet[Scorecard]) -> list[ToDo]:
    """What is to be done on these scorecards, the most urgent first. One query."""
    wanted = scorecards.order_by().values("pk")
    tallies = ScorecardTally.objects.filter(scorecard__in=wanted).exclude(action=Action.NONE)
    rows = tallies.values_list("action", "state").annotate(total=Sum("cells")).order_by("-total", "state")
    found: dict[str, list[tuple[str, int]]] = {}
    for action, state, total in rows:
        found.setdefault(action, []).append((state, total))
    return [
        ToDo(action, Action(action).label, sum(total for _state, total in found[action]), found[action])
        for action in NEXT_STEPS
        if action in found
    ]
