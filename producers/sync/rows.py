"""What every kind of fact row has in common: clean states, text that fits its column, numbers for look-alikes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TypeVar

from django.db.models import CharField
from localflavor.us.us_states import US_STATES, US_TERRITORIES

from nipr.wire.values import is_perpetual
from producers.models import RegistryFact

JURISDICTIONS = frozenset(str(code) for code, _ in (*US_STATES, *US_TERRITORIES))
"""States and territories that exist."""

R = TypeVar("R", bound=RegistryFact)


@dataclass(slots=True)
class Notes:
    """What could not be kept as the registry sent it, in sentences for the producer's sync message."""

    unknown_states: set[str] = field(default_factory=set)
    shortened: set[str] = field(default_factory=set)

    def sentences(self) -> list[str]:
        """One sentence a subject, in a fixed order."""
        found = []
        if self.unknown_states:
            names = ", ".join(sorted(self.unknown_states))
            found.append(f"Left out what the registry lists under a state that does not exist: {names}.")
        if self.shortened:
            found.append(f"Shortened because too long: {', '.join(sorted(self.shortened))}.")
        return found

    def knows(self, state: str) -> bool:
        """Whether a state exists; one that does not is noted."""
        if state in JURISDICTIONS:
            return True
        self.unknown_states.add(state[:10] or "(none)")
        return False


def finished(rows: Iterable[R], notes: Notes) -> list[R]:
    """Rows of states that exist, clipped to their columns and numbered."""
    return numbered(_clipped(row, notes) for row in rows if notes.knows(row.state))


def numbered(rows: Iterable[R]) -> list[R]:
    """Rows numbered within one natural key from the oldest.

    The registry gives its rows no ids. Numbering from the oldest keeps the numbers of rows that stay when a newer
    look-alike joins them, and gives the rows of an alert the numbers that the next full report gives them.
    """
    groups: dict[tuple[object, ...], list[R]] = {}
    for row in rows:
        row.follow()
        row.position = 0
        groups.setdefault(row.natural_key_values(), []).append(row)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=_age)
            for position, row in enumerate(group):
                row.position = position
    return [row for group in groups.values() for row in group]


def date_or_never(value: date | None) -> date | None:
    """Far-future dates are the registry's way of writing *never*; here that is no date."""
    return None if is_perpetual(value) else value


def _age(row: RegistryFact) -> tuple[str, ...]:
    """Oldest first; the rest only makes the order independent of the document's."""
    oldest = row.oldest_date()
    return (oldest.isoformat() if oldest else "", *(str(getattr(row, name)) for name in row.COMPARED))


def _clipped(row: R, notes: Notes) -> R:
    for name, length in _limits(type(row)):
        value = getattr(row, name)
        if len(value) > length:
            setattr(row, name, value[:length])
            notes.shortened.add(f"{row._meta.verbose_name} {name.replace('_', ' ')}")
    return row


@cache
def _limits(model: type[RegistryFact]) -> list[tuple[str, int]]:
    """Text columns that can overflow. ``state`` is checked against the list of states instead."""
    return [
        (column.name, column.max_length)
        for column in model._meta.concrete_fields
        if isinstance(column, CharField) and column.max_length and column.name != "state"
    ]
