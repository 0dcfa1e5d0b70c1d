"""What became of what has no answer."""

from __future__ import annotations

from collections.abc import Collection

from core.actor import Actor


def run() -> None:
    """Every few seconds: sweep, apply kept replies, ask about what is due."""


def sweep() -> None:
    """Take the transactions of dead and late senders from them."""


def ask_now(ids: Collection[int], actor: Actor) -> int:
    """Ask the registry about these transactions now, because a person wants to know; how many were asked about."""
    return 0
