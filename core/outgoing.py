"""Whether anything may leave this installation. Higher rooms say when it may not, such as after a restore."""

from __future__ import annotations

from collections.abc import Callable

Stop = Callable[[], str]
"""Answers "" or the sentence why nothing may leave."""

_stops: dict[str, Stop] = {}


def register_stop(name: str, stop: Stop) -> None:
    """Have ``stop`` asked before anything leaves; registering a name again replaces it."""
    _stops[name] = stop


def stopped_because() -> str:
    """The first reason why nothing may leave; empty when all may."""
    return next((reason for stop in _stops.values() if (reason := stop())), "")
