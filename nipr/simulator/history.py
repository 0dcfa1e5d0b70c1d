"""The life of an entity from the anchor to the clock: due renewals, drawn events and the ones a test asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b

from nipr.simulator.events import apply
from nipr.simulator.identity import Identity
from nipr.simulator.population import Population
from nipr.simulator.renewal import add_months
from nipr.simulator.scene import Event, EventKind, Touched
from nipr.wire.messages import AlertType, EntityReport, License

MONTHLY_CHANCE = 64
"""Of 256: an entity sees a drawn event in about one month of four."""

DRAWN = (
    [EventKind.APPOINT] * 5
    + [EventKind.TERMINATE] * 4
    + [EventKind.ADD_LINE] * 3
    + [EventKind.NEW_LICENSE] * 3
    + [EventKind.CHANGE_ADDRESS] * 3
    + [EventKind.CHANGE_CONTACT] * 2
    + [EventKind.END_LINE] * 2
    + [EventKind.MOVE, EventKind.CHANGE_NAME, EventKind.ADD_ACTION]
)
RENEWS_OF_100 = 90
RETURNS_OF_100 = 40


@dataclass(frozen=True, slots=True)
class Step:
    """The report as an event left it."""

    day: date
    report: EntityReport
    touched: Touched


@dataclass(frozen=True, slots=True)
class History:
    base: EntityReport
    steps: tuple[Step, ...]

    def at(self, day: date) -> EntityReport:
        """The report as of the end of that day."""
        position = bisect_right(self.steps, day, key=lambda step: step.day)
        return self.steps[position - 1].report if position else self.base

    def touched(self, after: date, until: date) -> Touched:
        """Which states and categories changed later than ``after`` and no later than ``until``."""
        found = [step.touched for step in self.steps if after < step.day <= until]
        return frozenset().union(*found)

    def last_touched(self, kind: AlertType) -> date | None:
        days = (step.day for step in reversed(self.steps) if any(what is kind for _, what in step.touched))
        return next(days, None)


def unfold(population: Population, npn: str, posted: Sequence[Event], until: date) -> History:
    """Everything that happened to the entity up to and including a day."""
    base = population.base(npn)
    pinned = population.index_of(npn) is None
    who = population.identity_of(npn)
    drawn = [] if pinned else list(_drawn(population, npn, until))
    waiting = sorted([*drawn, *posted], key=lambda event: event.day)
    return History(base, tuple(_steps(base, who, waiting, until, population.anchor, pinned=pinned)))


def _steps(
    report: EntityReport, who: Identity, waiting: list[Event], until: date, anchor: date, *, pinned: bool
) -> Iterator[Step]:
    """Apply events in order of days. Samples and the large firm are pinned: only what a test posts happens to them."""
    floor = anchor
    while True:
        due = None if pinned else _next_due(report, anchor, floor)
        event = waiting[0] if waiting and (due is None or waiting[0].day <= due.day) else due
        if event is None or event.day > until:
            return
        if waiting and event is waiting[0]:
            waiting.pop(0)
        floor = event.day
        report, touched = apply(report, event, who)
        if touched:
            yield Step(event.day, report, touched)


def _draw(*parts: object) -> bytes:
    return blake2b(":".join(map(str, parts)).encode(), digest_size=8).digest()


def _drawn(population: Population, npn: str, until: date) -> Iterator[Event]:
    month = population.anchor
    while month <= until:
        draw = _draw(population.seed, npn, month)
        if draw[0] < MONTHLY_CHANCE:
            day = month + timedelta(days=draw[1] % 28)
            if population.anchor < day <= until:
                yield Event(npn, day, DRAWN[draw[2] % len(DRAWN)], salt=draw[3])
        month = add_months(month, 1)


def _next_due(report: EntityReport, anchor: date, floor: date) -> Event | None:
    """The next renewal, lapse or reinstatement that the licences' own dates bring, never before ``floor``."""
    events = [event for lic in report.licenses if (event := _due(report.npn, lic, anchor, floor))]
    return min(events, key=lambda event: (event.day, event.state, event.number), default=None)


def _due(npn: str, lic: License, anchor: date, floor: date) -> Event | None:
    expires = lic.expiration_date
    if expires is None:
        return None
    draw = _draw(npn, lic.state, lic.number, expires)
    if lic.active and draw[0] % 100 < RENEWS_OF_100:
        day, kind = (
            max(expires - timedelta(days=1 + draw[1] % 45), anchor + timedelta(days=1)),
            EventKind.RENEW,
        )
    elif lic.active:
        day, kind = expires + timedelta(days=1), EventKind.LAPSE
    else:
        day, kind = expires + timedelta(days=20 + draw[3] % 40), EventKind.REINSTATE
        if day <= anchor or draw[2] % 100 >= RETURNS_OF_100:
            return None
    return Event(npn, max(day, floor), kind, lic.state, lic.number)
