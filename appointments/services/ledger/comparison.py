"""Our fees against the registry's book or invoice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FeeDifference:
    """One charge that the two sides do not tell alike. None: that side does not know it at all."""

    key: str
    number: str
    ours_cents: int | None
    theirs_cents: int | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What agreed and what did not, both ways."""

    agreed: int = 0
    agreed_cents: int = 0
    differences: list[FeeDifference] = field(default_factory=list)


def compare_with_book(entries: Mapping[str, int]) -> Comparison:
    """Compare with a book of ``{"<batch>/<trans>" or NIPR transaction: cents}``."""
    raise NotImplementedError
