"""Spending: what sending costs, and sending."""

from __future__ import annotations

from appointments.services.handling.results import Cost, Handled, Ids
from core.actor import Actor
from core.errors import Conflict
from core.state_table import HasRight, any_right


class CostChanged(Conflict):
    """What was agreed to is not what it costs now; nothing was sent. ``cost`` is the cost of now."""

    def __init__(self, cost: Cost, agreed_cents: int) -> None:
        super().__init__(
            "The cost has changed.", "Look at the cost of now and submit again.", code="cost_changed"
        )
        self.cost = cost


def cost_of(ids: Ids) -> Cost:
    """What sending those of them that may leave now would cost, at today's rates."""
    raise NotImplementedError


def submit(
    ids: Ids,
    *,
    confirm_cents: int | None,
    actor: Actor,
    has_right: HasRight = any_right,
    selection_cents: int | None = None,
) -> Handled:
    """Send what is ready. Raises CostChanged when ``confirm_cents`` is not the cost of now."""
    raise NotImplementedError


def release(
    ids: Ids, *, actor: Actor, has_right: HasRight = any_right, confirm_cents: int | None = None
) -> Handled:
    """Send what was held for first business."""
    raise NotImplementedError
