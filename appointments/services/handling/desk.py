"""What costs nothing: closing, taking back, holding, making ready again, the day of first business."""

from __future__ import annotations

from datetime import date

from appointments.services.handling.results import Handled, Ids
from core.actor import Actor
from core.state_table import HasRight, any_right


def close(ids: Ids, *, actor: Actor, has_right: HasRight = any_right, reason: str = "") -> Handled:
    """Take out of the work lists; cancels and refunds nothing."""
    raise NotImplementedError


def take_back(ids: Ids, *, actor: Actor, has_right: HasRight = any_right) -> Handled:
    """Take back what has not left yet."""
    raise NotImplementedError


def hold(ids: Ids, *, actor: Actor, has_right: HasRight = any_right) -> Handled:
    """Hold for first business."""
    raise NotImplementedError


def mend(ids: Ids, *, actor: Actor, has_right: HasRight = any_right) -> Handled:
    """Make ready again what the gateway refused."""
    raise NotImplementedError


def set_first_business(
    ids: Ids, day: date | None, *, actor: Actor, has_right: HasRight = any_right
) -> Handled:
    """Say when the first business was placed: the clock of just-in-time appointments starts."""
    raise NotImplementedError
