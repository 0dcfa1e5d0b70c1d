"""The time as the rule book's screens and records see it.

The rule book stands below the room that owns the product's clock, so the project tells it which one to use.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone

_now: Callable[[], datetime] = timezone.now
_today: Callable[[], date] = timezone.localdate


def use(*, now: Callable[[], datetime], today: Callable[[], date]) -> None:
    """Take the time from here on from the product's clock."""
    global _now, _today
    _now, _today = now, today


def now() -> datetime:
    return _now()


def today() -> date:
    return _today()
