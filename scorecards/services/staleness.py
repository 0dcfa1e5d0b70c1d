"""What makes a scorecard stale, and asking for it to be computed again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from core import clock
from core.actor import Actor
from core.jobs import services as jobs
from core.jobs.models import Job
from producers.models import License
from rulebook.rules.book import COUNTRY
from scorecards.models import Scorecard, ScorecardTally

REFRESH_JOB = "scorecards.refresh_stale"
SYSTEM = Actor.task("Scorecards")


def mark_stale(
    *,
    producer_ids: Collection[int] = (),
    assignment_ids: Collection[int] = (),
    states: Collection[str] = (),
    cocodes: Collection[str] = (),
) -> int:
    """Mark the running scorecards that any of these touches. Returns how many."""
    touched = Q(producer__in=producer_ids) | Q(assignment__in=assignment_ids)
    if COUNTRY in states:
        touched = Q()
    elif states:
        touched |= _of_states(states)
    if cocodes:
        touched |= Q(pk__in=_of_companies(cocodes))
    return _mark(Scorecard.objects.filter(touched))


def mark_stale_by_calendar(today: date) -> int:
    """Mark those whose answer the calendar alone may have changed by now."""
    due = Scorecard.objects.filter(stale_since=None, next_change_on__lte=today)
    return _mark(due)


def _mark(scorecards: QuerySet[Scorecard]) -> int:
    """Stale since the first reason; every reason raises the generation, so that a refresh under way notices."""
    return scorecards.filter(assignment__ended_at=None).update(
        stale_since=Coalesce(F("stale_since"), Value(clock.now())), generation=F("generation") + 1
    )


def _of_states(states: Collection[str]) -> Q:
    """Those that ask about the states, and those whose producers hold a license there, asked about or not."""
    asked = ScorecardTally.objects.filter(state__in=states).values("scorecard")
    held = License.objects.filter(state__in=states, known_to=None).values("producer")
    return Q(pk__in=asked) | Q(producer__in=held)


def _of_companies(cocodes: Collection[str]) -> list[int]:
    """Lists inside JSON cannot be searched alike on both databases; a company is edited seldom."""
    wanted = set(cocodes)
    rows = Scorecard.objects.values_list("pk", "assignment__cocodes").iterator()
    return [pk for pk, asked in rows if not wanted.isdisjoint(asked)]


def ask_refresh() -> Job:
    """Have the stale ones computed, after commit. Asking again while that waits or runs asks for nothing more."""
    return jobs.enqueue(REFRESH_JOB, actor=SYSTEM, dedupe_key=REFRESH_JOB)
