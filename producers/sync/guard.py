"""A registry that suddenly gives much less is more likely broken than right."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings

PERCENT = 10
AT_LEAST = 50


class TooMuchVanished(Exception):
    """The facts of a run would shrink beyond the limit. Nothing of the batch was written; a person decides."""

    def __init__(self, message: str, losers: frozenset[int]) -> None:
        super().__init__(message)
        self.losers = losers


@dataclass(slots=True)
class RemovalGuard:
    """Counts what a run takes away, and stops it before a mass removal.

    Few removals always pass: licences do leave the registry. More than ``at_least`` facts that are also more than
    ``percent`` of what was known stop the run, unless a person has said that it is right.
    """

    removals_accepted: bool = False
    percent: int = PERCENT
    at_least: int = AT_LEAST
    removed: int = 0
    known: int = 0

    @classmethod
    def from_settings(cls, *, removals_accepted: bool = False) -> RemovalGuard:
        return cls(
            removals_accepted,
            settings.SYNC_REMOVAL_LIMIT_PERCENT,
            settings.SYNC_REMOVAL_LIMIT_AT_LEAST,
        )

    def check(self, removed: int, known: int, losers: Collection[int]) -> None:
        """Raise when this batch would bring the run over the limit."""
        removed, known = self.removed + removed, self.known + known
        if self.removals_accepted or removed <= self.at_least or removed * 100 <= known * self.percent:
            return
        raise TooMuchVanished(
            f"The registry's documents no longer have {removed:,} of {known:,} facts known here, more than the limit "
            f"of {self.percent} %. Nothing of that was written. If the registry is right, sync again and accept the "
            "removals; if not, wait until it is well and sync again.",
            frozenset(losers),
        )

    def count(self, removed: int, known: int) -> None:
        """Remember a batch that was written."""
        self.removed += removed
        self.known += known
