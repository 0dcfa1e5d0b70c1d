"""The simulated calendar: which day it is, and which days are working days of the registry."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta


class ClockMovedBack(ValueError):
    """Time runs forward only: what has happened to an entity cannot be taken back."""


def calendar_today() -> date:
    return datetime.now(UTC).date()


def is_working_day(day: date) -> bool:
    return day.weekday() < 5


def previous_working_day(day: date) -> date:
    """The last working day before ``day``."""
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


class Clock:
    """A day that stands still until it is moved, or (without a start) goes with the real calendar."""

    def __init__(self, start: date | None = None) -> None:
        self._follows = start is None
        self._since = calendar_today()
        self._day = start or self._since
        self.start = self._day

    @property
    def today(self) -> date:
        passed = calendar_today() - self._since if self._follows else timedelta()
        return self._day + passed

    def move_to(self, day: date) -> date:
        """Go on to ``day``; the days between happen too."""
        today = self.today
        if day < today:
            raise ClockMovedBack(
                f"The clock stands at {today} and cannot be moved back to {day}. Reset it instead."
            )
        self._day += day - today
        return self.today

    def move(self, days: int) -> date:
        return self.move_to(self.today + timedelta(days=days))

    def reset(self) -> None:
        self._since = calendar_today()
        self._day = self.start
