"""Tying approved transactions to registry facts after a sync."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tied:
    """How many were found shown, different, and missing."""

    shown: int = 0
    differs: int = 0
    missing: int = 0


def tie(producer_ids: Collection[int]) -> Tied:
    """Compare approved transactions of these producers with the facts as they stand."""
    raise NotImplementedError


def tie_waiting() -> Tied:
    """The same for everybody with an approved transaction that the registry has not shown yet; for the night."""
    raise NotImplementedError
