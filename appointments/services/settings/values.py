"""Values that the settings services take and give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict


class RuleFields(TypedDict, total=False):
    """A gateway business rule as told; the API's shape. Absent: producer, any class, active."""

    loa_code: str
    agent_type: str
    license_class_codes: Sequence[str] | None
    active: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What saving changes: settings, and the work and the people it touches.

    ``transactions`` have not left yet and rest on what changes; ``appointments`` are current ones at the registry;
    ``producers`` are those whose transactions or appointments these are.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    transactions: int = 0
    appointments: int = 0
    producers: int = 0

    @property
    def nothing(self) -> bool:
        """Whether saving would change nothing."""
        return not (self.added or self.changed or self.removed)
