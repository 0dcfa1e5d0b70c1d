"""Sending what was just prepared, at the cost that stood beside the button."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest

from appointments.services.handling.submit import submit
from appointments.views.transactions.told import tell
from core.access import actor_of, has_right, signed_in


def send_agreed(request: HttpRequest, ids: list[int], cents: int) -> None:
    """Submit at exactly this cost, and say what came of it; raises Conflict where it costs something else now."""
    may = partial(has_right, signed_in(request))
    handled = submit(ids, confirm_cents=cents, actor=actor_of(request), has_right=may)
    if handled.results:
        tell(request, handled, "submitted")
