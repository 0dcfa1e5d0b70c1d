"""Computing scorecards, in batches, with a number of queries that does not depend on how many are in a batch.

No lock is held while a batch is computed. Whoever makes a scorecard stale raises its generation; a refresh reads the
generation before the facts, and writes only where it still holds.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db import transaction

from appointments.facts import company_facts, full_facts
from core import clock
from producers.facts import assignment_fact
from rulebook.selectors import load_rule_book
from scorecards.models import Scorecard, ScorecardSheet, ScorecardTally
from scorecards.packing import pack
from scorecards.scoring import Cell, Figures, ScoreResult, score

BATCH = 500
ATTEMPTS = 3
FULL = 100
WRITTEN = (
    "as_of",
    "computed_at",
    "facts_read_at",
    "stale_since",
    "next_change_on",
    "license_cells",
    "licensed",
    "appointment_cells",
    "appointed",
    "to_do",
    "licensed_percent",
    "appointed_percent",
    "dropped_on",
    "version",
)


@dataclass(slots=True)
class Refreshed:
    """What a refresh did. ``overtaken`` ones were made stale again meanwhile, and stay stale."""

    done: int = 0
    changed: int = 0
    overtaken: int = 0


@dataclass(frozen=True, slots=True)
class Computed:
    """A scorecard with its new content, ready to be written."""

    scorecard: Scorecard
    cells: tuple[Cell, ...]
    body: bytes
    digest: str


def refresh(scorecard_ids: Iterable[int], *, progress: Callable[[int], None] | None = None) -> Refreshed:
    """Compute these scorecards from the facts, rules and day of now."""
    total = Refreshed()
    ordered = iter(sorted(set(scorecard_ids)))
    while batch := list(islice(ordered, BATCH)):
        _refresh_batch(batch, total)
        if progress:
            progress(total.done + total.overtaken)
    return total


def refresh_all_stale(*, progress: Callable[[int], None] | None = None) -> Refreshed:
    """Compute stale ones until none is left. One that is overtaken again and again waits for the next sweep."""
    total, tries = Refreshed(), Counter[int]()
    while batch := _next_stale(tries):
        tries.update(batch)
        _refresh_batch(batch, total)
        if progress:
            progress(total.done)
    return total


def _next_stale(tries: Counter[int]) -> list[int]:
    stale = Scorecard.objects.filter(stale_since__isnull=False, assignment__ended_at=None).order_by("pk")
    fresh = (pk for pk in stale.values_list("pk", flat=True).iterator() if tries[pk] < ATTEMPTS)
    return list(islice(fresh, BATCH))


@contextmanager
def _no_collections() -> Iterator[None]:
    """A batch makes a million small values that live to its end: looking for garbage among them costs a quarter."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_collections()
def _refresh_batch(ids: Collection[int], total: Refreshed) -> None:
    computed = _compute(ids)
    with transaction.atomic():
        locked = Scorecard.objects.select_for_update().filter(pk__in=ids).order_by("pk")
        generations = dict(locked.values_list("pk", "generation"))
        wanted = [
            each for each in computed if each.scorecard.generation == generations.get(each.scorecard.pk)
        ]
        changed = _write_sheets(wanted)
        _write_figures(wanted, changed)
    total.done += len(wanted)
    total.changed += len(changed)
    total.overtaken += len(computed) - len(wanted)


def _compute(ids: Collection[int]) -> list[Computed]:
    """Generations first, facts after: what changes in between raises the generation, and is noticed."""
    running = Scorecard.objects.filter(pk__in=ids, assignment__ended_at=None)
    scorecards = list(running.select_related("assignment"))
    read_at = dict(running.values_list("pk", "producer__last_synced_at"))
    rules, today = load_rule_book(), clock.today()
    facts = full_facts({scorecard.producer_id for scorecard in scorecards})
    asked = {cocode for scorecard in scorecards for cocode in scorecard.assignment.cocodes}
    companies = company_facts(asked)
    computed = []
    for scorecard in scorecards:
        assignment = assignment_fact(scorecard.assignment)
        result = score(assignment, facts[scorecard.producer_id], rules, today, companies)
        _fill(scorecard, result)
        scorecard.facts_read_at = read_at.get(scorecard.pk)
        computed.append(Computed(scorecard, result.cells, *pack(result)))
    return computed


def _fill(scorecard: Scorecard, result: ScoreResult) -> None:
    """What lists show of a result."""
    figures = result.figures
    scorecard.dropped_on = _dropped_on(scorecard, figures, result.as_of)
    scorecard.as_of = result.as_of
    scorecard.computed_at = clock.now()
    scorecard.stale_since = None
    scorecard.next_change_on = result.next_change_on
    scorecard.license_cells = figures.license_cells
    scorecard.licensed = figures.licensed
    scorecard.appointment_cells = figures.appointment_cells
    scorecard.appointed = figures.appointed
    scorecard.to_do = figures.to_do
    scorecard.licensed_percent = figures.licensed_percent
    scorecard.appointed_percent = figures.appointed_percent


def _dropped_on(before: Scorecard, now: Figures, today: date) -> date | None:
    """The day a full scorecard stopped being full; the first such day stays until it is full again."""
    was = (before.licensed_percent, before.appointed_percent)
    pairs = list(zip(was, (now.licensed_percent, now.appointed_percent), strict=True))
    if all(after is None or after >= FULL for _before, after in pairs):
        return None
    fell = any(
        full is not None and full >= FULL and after is not None and after < FULL for full, after in pairs
    )
    return before.dropped_on or (today if fell else None)


def _write_sheets(computed: Sequence[Computed]) -> set[int]:
    """Sheets and tallies of those whose content is not what it was; returns their ids."""
    pks = [each.scorecard.pk for each in computed]
    digests = dict(ScorecardSheet.objects.filter(pk__in=pks).values_list("pk", "digest"))
    changed = {each.scorecard.pk: each for each in computed if digests.get(each.scorecard.pk) != each.digest}
    if not changed:
        return set()
    ScorecardSheet.objects.bulk_create(
        [ScorecardSheet(scorecard_id=pk, body=each.body, digest=each.digest) for pk, each in changed.items()],
        update_conflicts=True,
        unique_fields=["scorecard"],
        update_fields=["body", "digest"],
    )
    ScorecardTally.objects.filter(scorecard__in=changed).delete()
    ScorecardTally.objects.bulk_create(tally for each in changed.values() for tally in _tallies(each))
    return set(changed)


def _tallies(computed: Computed) -> Iterator[ScorecardTally]:
    counts = Counter((cell.kind, cell.state, cell.status, cell.action) for cell in computed.cells)
    for (kind, state, status, action), cells in counts.items():
        yield ScorecardTally(
            scorecard=computed.scorecard, kind=kind, state=state, status=status, action=action, cells=cells
        )


def _write_figures(computed: Sequence[Computed], changed: Collection[int]) -> None:
    """One statement for all: the rows exist and are locked, so that every insert becomes an update."""
    for each in computed:
        each.scorecard.version += each.scorecard.pk in changed
    Scorecard.objects.bulk_create(
        [each.scorecard for each in computed],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=WRITTEN,
    )
