"""Doing the same, or different things, at the same moment: for tests of what two may do to each other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections


def at_once(work: Callable[[int], Any], threads: int = 8) -> list[Any]:
    """What each of several threads got, which start together, each with connections of its own.

    ``work`` is given the number of its thread. An error of any of them is the test's.
    """
    start = Barrier(threads)

    def one(number: int) -> Any:
        try:
            start.wait(60)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def all_at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call got when all begin together."""
    return at_once(lambda number: calls[number](), len(calls))
