"""Values that the settings services take and give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict


class RuleFields(TypedDict, total=False):
    """A gateway business rule as told; the API's shape."""

    loa_code: str
    agent_type: str
    license_class_codes: Sequence[str] | None
    active: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What saving would change. ``transactions`` are open ones of the lines, ``producers`` whose they are."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    transactions: int = 0
    producers: int = 0
    appointments: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.added or self.changed or self.removed)
