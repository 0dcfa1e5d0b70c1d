"""Writing a chunk whole, and when the database refuses it, finding the rows that are to blame."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from django.db import DataError, IntegrityError, OperationalError

_TRIES = 2
_TRIES_AFTER_DEADLOCKS = 4
_SECONDS_AFTER_DEADLOCK = 0.1


def in_parts(
    numbers: Sequence[int], write: Callable[[Sequence[int]], None], give_up: Callable[[int], None]
) -> None:
    """Write rows in one transaction; those that the database refuses even alone are given up, and only those.

    Somebody else may have written the same at the same moment, so each part is tried again before it is halved.
    """
    if _written(numbers, write):
        return
    if len(numbers) == 1:
        give_up(numbers[0])
        return
    middle = len(numbers) // 2
    in_parts(numbers[:middle], write, give_up)
    in_parts(numbers[middle:], write, give_up)


def _written(numbers: Sequence[int], write: Callable[[Sequence[int]], None]) -> bool:
    refusals = deadlocks = 0
    while refusals < _TRIES:
        try:
            write(numbers)
        except (IntegrityError, DataError):
            refusals += 1
        except OperationalError:
            # Two uploads that wait for one another, or a busy database: the other one ends soon.
            deadlocks += 1
            if deadlocks == _TRIES_AFTER_DEADLOCKS:
                raise
            time.sleep(_SECONDS_AFTER_DEADLOCK * deadlocks)
        else:
            return True
    return False
