"""Reads of scorecards, with names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import QuerySet, Sum

from appointments.facts import company_facts, full_facts
from core import clock
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
    """A scorecard as it is shown: as stored, or worked out for the page without being stored."""

    sheet: Sheet
    figures: Figures
    as_of: date | None
    facts_read_at: datetime | None
    computed_at: datetime | None
    next_change_on: date | None

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
    """What is stored, while it is true.

    For another day, or while its refresh is still to come, the same function over the facts: nobody has to look at an
    answer that is known to be old.
    """
    ended = scorecard.assignment.ended_at is not None
    if as_of.is_today and (ended or not (scorecard.stale or scorecard.due)):
        return _stored(scorecard)
    return _worked_out(scorecard, as_of)


def _stored(scorecard: Scorecard) -> View:
    figures = Figures(
        scorecard.license_cells,
        scorecard.licensed,
        scorecard.appointment_cells,
        scorecard.appointed,
        scorecard.to_do,
    )
    return View(
        sheet=scorecard.content,
        figures=figures,
        as_of=scorecard.as_of,
        # Whatever a sync since then had found would have made it stale: the facts are as fresh as the last sync.
        facts_read_at=scorecard.producer.last_synced_at,
        computed_at=scorecard.computed_at,
        next_change_on=scorecard.next_change_on,
    )


def _worked_out(scorecard: Scorecard, as_of: AsOf) -> View:
    facts = full_facts([scorecard.producer_id], known_at=as_of.known_at)[scorecard.producer_id]
    assignment = assignment_fact(scorecard.assignment)
    result = score(assignment, facts, load_rule_book(), as_of.on, company_facts(assignment.cocodes))
    body, _digest = pack(result)
    return View(
        sheet=unpack(body),
        figures=result.figures,
        as_of=as_of.on,
        facts_read_at=as_of.known_at or scorecard.producer.last_synced_at,
        computed_at=clock.now(),
        next_change_on=result.next_change_on,
    )


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
