"""Processing an upload, stopping it, going on with it, and taking back what it made."""

from __future__ import annotations

from core.actor import Actor
from core.errors import Conflict
from core.imports.models import ImportRun


class CostChanged(Conflict):
    """Processing would cost something else than was confirmed. ``cost_cents`` is what it would cost now."""

    def __init__(self, cost_cents: int) -> None:
        super().__init__(
            f"Processing this upload costs ${cost_cents / 100:,.2f}.",
            "Confirm this cost to process it.",
            code="cost_changed",
        )
        self.cost_cents = cost_cents


def process(run: ImportRun, *, actor: Actor, confirm_cents: int | None = None) -> ImportRun:
    """Process the rows that wait, by a job; on a paused or failed upload: go on.

    Raises NotAllowed, Conflict, or CostChanged when the options spend and ``confirm_cents`` is not what it costs.
    """
    raise NotImplementedError


def pause(run: ImportRun, *, actor: Actor) -> ImportRun:
    """Stop after the chunk that is being written."""
    raise NotImplementedError


def resume(run: ImportRun, *, actor: Actor) -> ImportRun:
    """Go on with a paused or failed upload."""
    raise NotImplementedError


def cancel(run: ImportRun, *, actor: Actor) -> ImportRun:
    """Leave it, or leave the rest of it: what is done stays done."""
    raise NotImplementedError


def undo(run: ImportRun, *, actor: Actor) -> ImportRun:
    """Take back, by a job, what the rows made, as far as nothing has built on it."""
    raise NotImplementedError
