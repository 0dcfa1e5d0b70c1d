"""What the rooms above say about a rule that is not saved yet: "12 cells of 4 producers would change"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rulebook.models import StateRule

Estimate = Callable[[Sequence[StateRule]], list[str]]
_estimates: dict[str, Estimate] = {}


def register(name: str, estimate: Estimate) -> None:
    """Have a room's sentences shown wherever an unsaved rule is previewed."""
    _estimates[name] = estimate


def sentences(drafts: Sequence[StateRule]) -> list[str]:
    return [text for estimate in _estimates.values() for text in estimate(drafts)]
