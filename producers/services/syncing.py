"""Asking for a sync from a service or a screen."""

from __future__ import annotations

from collections.abc import Collection

from core.actor import Actor


def request_sync(producer_ids: Collection[int], *, actor: Actor, reason: str) -> None:
    """Queue a sync; imported late because the sync writes through these services' room."""
    from producers.sync import runs

    runs.request_sync(producer_ids, actor=actor, reason=reason)
