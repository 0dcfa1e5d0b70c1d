"""Buying a report of those whose transactions were approved."""

from __future__ import annotations

from collections.abc import Collection


def after_approval(producer_ids: Collection[int]) -> None:
    """Ask for one registry report a producer, when the setting says so. Call it after transactions were approved."""
    raise NotImplementedError
