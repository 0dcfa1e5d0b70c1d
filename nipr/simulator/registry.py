"""The registry itself: a population, a clock, the events a test asked for, and answers about entities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from threading import RLock
from typing import Any

from nipr.simulator.book import Book
from nipr.simulator.clock import Clock
from nipr.simulator.faults import Faults
from nipr.simulator.history import History, unfold
from nipr.simulator.population import Population
from nipr.simulator.scene import Event, EventKind
from nipr.wire.messages import AddInfo, AlertType, EntityReport

REMEMBERED = 2_000
"""Histories kept at hand. Everything else is made again when asked for."""


class UnknownEntity(KeyError):
    """No entity of that NPN."""


class BadEvent(ValueError):
    """An event that cannot be understood."""


class Registry:
    """State is the clock and the posted events; reports follow from them."""

    def __init__(self, population: Population, clock: Clock) -> None:
        self.population = population
        self.clock = clock
        self.book = Book()
        self.faults = Faults(population.seed)
        self._lock = RLock()
        self._posted: dict[str, tuple[Event, ...]] = {}
        self._histories = lru_cache(maxsize=REMEMBERED)(self._unfold)

    @property
    def today(self) -> date:
        return self.clock.today

    def history(self, npn: str) -> History:
        if npn not in self.population:
            raise UnknownEntity(npn)
        with self._lock:
            posted = self._posted.get(npn, ())
        return self._histories(npn, self.today, posted)

    def _unfold(self, npn: str, until: date, posted: tuple[Event, ...]) -> History:
        return unfold(self.population, npn, posted, until)

    def report(self, npn: str) -> EntityReport:
        """What the registry says today. :class:`UnknownEntity` for a stranger."""
        return self.history(npn).at(self.today)

    def add_info(self, npn: str) -> AddInfo:
        """When each category last changed: by an event, or else by the dates of its rows."""
        history = self.history(npn)
        report = history.at(self.today)
        changed = {kind: history.last_touched(kind) for kind in AlertType}
        return AddInfo(
            npn=npn,
            demographics=changed[AlertType.DEMOGRAPHICS]
            or _latest(row.updated_date for row in report.addresses),
            licensing=changed[AlertType.LICENSING] or _latest(row.updated_date for row in report.licenses),
            appointments=changed[AlertType.APPOINTMENTS]
            or _latest(row.status_date for row in report.appointments),
            regulatory_actions=changed[AlertType.RIRS]
            or _latest(row.enter_date for row in report.regulatory_actions),
        )

    def post(self, data: Mapping[str, Any], *, day: date | None = None) -> Event:
        """Make something happen: ``{"npn", "event", "state", ...}``; other keys are the event's details.

        Today, unless it only shows now that it happened on an earlier ``day``.
        """
        event = self._event(data, day or self.today)
        with self._lock:
            self._posted[event.npn] = (*self._posted.get(event.npn, ()), event)
        return event

    def _event(self, data: Mapping[str, Any], day: date) -> Event:
        details = {str(key): str(value) for key, value in data.items()}
        npn, kind = details.pop("npn", ""), details.pop("event", "")
        if npn not in self.population:
            raise BadEvent(f"There is no entity {npn or '(none)'} to change.")
        if kind not in set(EventKind):
            raise BadEvent(f"Not an event: {kind or '(none)'}. Known events: {', '.join(EventKind)}.")
        state, number = details.pop("state", ""), details.pop("number", "")
        return Event(npn, day, EventKind(kind), state, number, tuple(sorted(details.items())))

    def reset(self) -> None:
        """Back to the first day, with no posted events, no faults and empty books."""
        with self._lock:
            self._posted.clear()
            self.clock.reset()
        self.book.clear()
        self.faults.clear()


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day), default=None)
