"""What an assignment or a state rule would change, worked out before it is saved and without saving anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import islice

from django.db.models import QuerySet

from appointments.facts import company_facts, full_facts
from core import clock
from producers.facts import assignment_fact
from rulebook.models import StateRule
from rulebook.rules.book import COUNTRY, RuleBook
from rulebook.rules.facts import AssignmentFact, CompanyFact, ProducerFact
from rulebook.rules.fees import RegistryRates
from rulebook.rules.holdings import Holdings
from rulebook.selectors import load_rule_book, registry_rates
from scorecards.models import Scorecard, ScorecardTally
from scorecards.scoring import Cell, cells_of
from scorecards.scoring.cost import Cost, cost_of

LOOK_AT_MOST = 2000
"""Scorecards that one preview of a rule looks at, a millisecond each: a preview that takes a minute is no preview."""
BATCH = 500
Place = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell before and after; empty where it is not asked for."""

    place: Place
    before: str
    after: str


@dataclass(slots=True)
class WhatIf:
    """How many cells, producers and dollars would change."""

    changes: list[CellChange] = field(default_factory=list)
    producers: set[int] = field(default_factory=set)
    looked_at: int = 0
    more: bool = False
    """There are more scorecards than were looked at."""
    before: Cost = field(default_factory=Cost)
    after: Cost = field(default_factory=Cost)

    @property
    def dollars(self) -> Decimal:
        """What doing all that is asked for would cost more, or less."""
        return self.after.known - self.before.known

    def sentences(self) -> list[str]:
        """The same in words."""
        if not self.changes:
            return ["No scorecard cell would change."]
        cells, people = _count(len(self.changes), "cell"), _count(len(self.producers), "producer")
        told = [f"{cells} of {people} would change.", self._cost_sentence()]
        if self.more:
            told.append(f"Only the first {self.looked_at:,} scorecards were looked at; there are more.")
        return told

    def _cost_sentence(self) -> str:
        more = "more" if self.dollars >= 0 else "less"
        known = f"Doing all that is asked for would cost ${abs(self.dollars):,.2f} {more}"
        known += f" (${self.after.known:,.2f} in all)"
        if not self.after.billed_later:
            return f"{known}."
        return f"{known}, and {_count(self.after.billed_later, 'fee')} not known here, which the state bills."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two worlds that are compared."""

    assignment: AssignmentFact | None
    book: RuleBook


@dataclass(frozen=True, slots=True)
class _Known:
    """What both sides share."""

    companies: dict[str, CompanyFact]
    rates: RegistryRates
    today: date

    @classmethod
    def about(cls, cocodes: Collection[str]) -> _Known:
        today = clock.today()
        return cls(company_facts(cocodes), registry_rates(today), today)


def what_if_assignment(
    producer_id: int, draft: AssignmentFact | None, current: AssignmentFact | None = None
) -> WhatIf:
    """An assignment edited, added (no current one) or ended (no draft)."""
    result, book = WhatIf(looked_at=1), load_rule_book()
    known = _Known.about({cocode for each in (draft, current) if each for cocode in each.cocodes})
    facts = full_facts([producer_id])[producer_id]
    others = tuple(each for each in facts.assignments if each != current)
    facts = replace(facts, assignments=(*others, draft) if draft else others)
    if _compare(result, facts, _Side(current, book), _Side(draft, book), known):
        result.producers.add(producer_id)
    return result


def what_if_rules(drafts: Sequence[StateRule]) -> WhatIf:
    """State rules that are not saved yet. Only cells of their states can change, so only those are compared."""
    states = {draft.jurisdiction_id for draft in drafts}
    books = load_rule_book(), load_rule_book(drafts)
    result = WhatIf()
    touched = _touched(states)
    rows = touched[:LOOK_AT_MOST].iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        facts = full_facts({scorecard.producer_id for scorecard in batch})
        known = _Known.about({code for scorecard in batch for code in scorecard.assignment.cocodes})
        for scorecard in batch:
            asked = _narrowed(assignment_fact(scorecard.assignment), states)
            before, after = (_Side(asked, book) for book in books)
            if _compare(result, facts[scorecard.producer_id], before, after, known):
                result.producers.add(scorecard.producer_id)
        result.looked_at += len(batch)
    result.more = touched[LOOK_AT_MOST : LOOK_AT_MOST + 1].exists()
    return result


def rule_sentences(drafts: Sequence[StateRule]) -> list[str]:
    """For the preview of a local rule in the compliance library."""
    return what_if_rules(drafts).sentences()


def _touched(states: Collection[str]) -> QuerySet[Scorecard]:
    rows = Scorecard.objects.filter(assignment__ended_at=None)
    if COUNTRY not in states:
        rows = rows.filter(pk__in=ScorecardTally.objects.filter(state__in=states).values("scorecard"))
    return rows.select_related("assignment").order_by("pk")


def _narrowed(asked: AssignmentFact, states: Collection[str]) -> AssignmentFact:
    if COUNTRY in states:
        return asked
    return replace(asked, states=tuple(state for state in asked.states if state in states))


def _compare(result: WhatIf, facts: ProducerFact, before: _Side, after: _Side, known: _Known) -> bool:
    """Add what differs between both sides to the result; whether anything does."""
    was, will = (Holdings(facts, side.book, known.today) for side in (before, after))
    old, new = _cells(before, was, known), _cells(after, will, known)
    result.before += cost_of(old, was, known.rates)
    result.after += cost_of(new, will, known.rates)
    changes = list(_changes(old, new))
    result.changes += changes
    return bool(changes)


def _cells(side: _Side, held: Holdings, known: _Known) -> tuple[Cell, ...]:
    return cells_of(side.assignment, held, known.companies) if side.assignment else ()


def _changes(before: Iterable[Cell], after: Iterable[Cell]) -> Iterator[CellChange]:
    old = {_place(cell): cell.status.label for cell in before}
    new = {_place(cell): cell.status.label for cell in after}
    for place in sorted(old.keys() | new.keys()):
        if old.get(place) != new.get(place):
            yield CellChange(place, str(old.get(place, "")), str(new.get(place, "")))


def _place(cell: Cell) -> Place:
    return (cell.kind.value, cell.state, cell.category, cell.cocode)
