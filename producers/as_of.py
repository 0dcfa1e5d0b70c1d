"""As of when a page or an answer is read: a day to judge by, and a moment of knowledge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from core import clock
from core.errors import InvalidInput

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""What may be asked about. Beyond the ends of the calendar a moment cannot be told in another zone."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """``on`` is the day that decides what is expired; ``known_at`` the moment whose knowledge is shown (None: now)."""

    on: date
    known_at: datetime | None = None
    is_today: bool = True

    @classmethod
    def today(cls) -> AsOf:
        return cls(clock.today())

    @classmethod
    def read(cls, on: str = "", known_at: str = "") -> AsOf:
        """From the two query parameters; each by itself means the other's default of now."""
        day = _day("on", on) if on else clock.today()
        return cls(day, _moment(known_at) if known_at else None, is_today=not (on or known_at))

    @property
    def query(self) -> str:
        """The query string that keeps this moment from page to page; empty for today."""
        if self.is_today:
            return ""
        known = {"known_at": self.known_at.isoformat()} if self.known_at else {}
        return urlencode({"on": self.on.isoformat(), **known})


def start_of(day: date) -> datetime:
    """The first moment of a business day."""
    return datetime.combine(day, time.min, timezone.get_default_timezone()).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last moment of a business day."""
    return start_of(day + timedelta(days=1)) - timedelta(microseconds=1)


def _moment(text: str) -> datetime:
    """A moment, or a day, which means what was known at its end."""
    try:
        moment = parse_datetime(text.replace(" ", "+")) if len(text) > 10 else None
    except ValueError:
        moment = None
    if moment is None or not FIRST_DAY <= moment.date() <= LAST_DAY:
        return end_of(_day("known_at", text))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())


def _day(path: str, text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        message = f"“{text}” is not a date; write it as 2026-11-21."
        raise InvalidInput([{"path": path, "code": "malformed", "message": message}])
    return day
