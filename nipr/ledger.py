"""Who asked the registry for what, why, and what it cost.

Callers say who asks and why around what they do; the client notes every call in a :class:`CostLedger`::

    with asking("Ida Clerk", "Refresh on the producer page", kind="person"):
        client.entity_report("99000017")

The ledger's row must be committed before the call leaves: do not call the registry inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from nipr.models import RegistryCall

Outcome = RegistryCall.Outcome


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants a call, and what for. ``kind`` is one of the actor kinds of the audit."""

    label: str = ""
    reason: str = ""
    kind: str = ""


_asker: ContextVar[Asker | None] = ContextVar("nipr_asker", default=None)


@contextmanager
def asking(label: str, reason: str, *, kind: str = "task") -> Iterator[None]:
    """Calls within are noted as asked for by ``label`` because of ``reason``."""
    token = _asker.set(Asker(label, reason, kind))
    try:
        yield
    finally:
        _asker.reset(token)


def current_asker() -> Asker:
    """Who asks just now; nobody outside of :func:`asking`."""
    return _asker.get() or Asker()


@dataclass(frozen=True, slots=True)
class CallNote:
    """One call as the ledger sees it. Prices are whole cents."""

    service: str
    operation: str
    at: datetime
    npn: str = ""
    price_cents: int = 0
    asker: Asker = field(default_factory=current_asker)
    outcome: str = Outcome.PENDING
    attempts: int = 0
    duration_ms: int | None = None


class CostLedger(Protocol):
    """Where calls are noted: opened before they leave, closed when their outcome is known."""

    def open(self, note: CallNote) -> int:
        """Keep the note at its full price, and return a number to close it by."""

    def close(self, entry: int, *, outcome: str, price_cents: int, attempts: int, duration_ms: int) -> None:
        """Put down how the call ended and what it really costs."""


class DatabaseLedger:
    """The ledger the product uses: a :class:`RegistryCall` row for each call."""

    def open(self, note: CallNote) -> int:
        """Insert the row."""
        call = RegistryCall.objects.create(
            service=note.service,
            operation=note.operation,
            npn=note.npn,
            price_cents=note.price_cents,
            at=note.at,
            asked_by_kind=note.asker.kind,
            asked_by_label=note.asker.label[:200],
            reason=note.asker.reason[:200],
            outcome=note.outcome,
        )
        return call.pk

    def close(self, entry: int, *, outcome: str, price_cents: int, attempts: int, duration_ms: int) -> None:
        """Update the row."""
        RegistryCall.objects.filter(pk=entry).update(
            outcome=outcome, price_cents=price_cents, attempts=attempts, duration_ms=duration_ms
        )


class MemoryLedger:
    """A ledger that forgets with the process: for a shell, and for tests that have no database."""

    def __init__(self) -> None:
        self.notes: list[CallNote] = []

    def open(self, note: CallNote) -> int:
        """Append the note."""
        self.notes.append(note)
        return len(self.notes) - 1

    def close(self, entry: int, *, outcome: str, price_cents: int, attempts: int, duration_ms: int) -> None:
        """Replace the note by its end."""
        self.notes[entry] = replace(
            self.notes[entry],
            outcome=outcome,
            price_cents=price_cents,
            attempts=attempts,
            duration_ms=duration_ms,
        )
