"""A person says what became of a transaction whose outcome is not known. Each wants a reason."""

from __future__ import annotations

from appointments.services.handling.results import HandledOne
from core.actor import Actor
from core.state_table import HasRight, any_right


def attach_number(
    transaction_id: int, nipr_trans: str, *, reason: str, actor: Actor, has_right: HasRight = any_right
) -> HandledOne:
    """It is at NIPR under this number."""
    raise NotImplementedError


def not_there(
    transaction_id: int, *, reason: str, actor: Actor, has_right: HasRight = any_right
) -> HandledOne:
    """It is surely not at NIPR: it may be sent again. Not by who submitted it."""
    raise NotImplementedError


def write_off(
    transaction_id: int, *, reason: str, actor: Actor, has_right: HasRight = any_right
) -> HandledOne:
    """Nobody will find out: closed."""
    raise NotImplementedError
