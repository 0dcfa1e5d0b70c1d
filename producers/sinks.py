"""How facts of a report reach rooms above this one, which keep them: appointments today.

A sink is registered in ``agentsync/wiring.py`` and called inside the transaction of each batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from nipr.wire import messages
from producers.models import Change
from producers.sync.rows import Notes


@dataclass(frozen=True, slots=True)
class SyncedEntity:
    """What a document says of one producer that this room does not keep itself."""

    producer_id: int
    appointments: tuple[messages.Appointment, ...]
    states: frozenset[str] | None = None
    """The states spoken about, each in full; None when it is the whole file."""
    notes: Notes = field(default_factory=Notes)


@dataclass(slots=True)
class Applied:
    """What writing facts did."""

    changes: list[Change] = field(default_factory=list)
    producer_ids: set[int] = field(default_factory=set)
    """Whose rows are not what they were."""
    losers: set[int] = field(default_factory=set)
    """Whose facts have become fewer."""
    removed: int = 0
    known: int = 0
    """Where something was removed: how many facts were known before. Tells a trickle from a flood."""
    guessed: set[int] = field(default_factory=set)
    """Of whom a document did not say enough to tell which row has changed: a full report has to."""

    def add(self, other: Applied) -> None:
        self.changes += other.changes
        self.producer_ids |= other.producer_ids
        self.losers |= other.losers
        self.guessed |= other.guessed
        self.removed += other.removed
        self.known += other.known


class FactSink(Protocol):
    """Keeps its facts in versions, like this room does, and says what changed. Raises ValueError for a document
    that it cannot keep; the engine then finds out which producer's it is.
    """

    def __call__(
        self, batch: Sequence[SyncedEntity], *, known_at: datetime, sync_run_id: int | None
    ) -> Applied: ...


_sinks: dict[str, FactSink] = {}


def register_fact_sink(name: str, sink: FactSink) -> None:
    """Let ``sink`` have its part of every document. The same name again replaces the sink."""
    _sinks[name] = sink


def fact_sinks() -> Mapping[str, FactSink]:
    return _sinks


def pour(batch: Iterable[SyncedEntity], *, known_at: datetime, sync_run_id: int | None) -> Applied:
    """Give a batch to every sink."""
    entities = list(batch)
    applied = Applied()
    for sink in _sinks.values():
        applied.add(sink(entities, known_at=known_at, sync_run_id=sync_run_id))
    return applied
