"""Days for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

import time_machine


@contextmanager
def at_noon_of(day: date) -> Iterator[None]:
    """The clock goes on from noon of a day, so that later still is later."""
    with time_machine.travel(datetime.combine(day, time(12), UTC), tick=True):
        yield
