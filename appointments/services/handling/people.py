"""Whether somebody is the person who did an earlier step: the second key belongs to another."""

from __future__ import annotations

from appointments.models import Transaction
from core.actor import Actor


def prepared(actor: Actor, row: Transaction) -> bool:
    """Whether ``actor`` asked for the transaction."""
    return _is(actor, row.prepared_by_user_id, row.prepared_by_client_id, row.prepared_by_label)


def submitted(actor: Actor, row: Transaction) -> bool:
    """Whether ``actor`` submitted it, or asked to."""
    return _is(actor, row.submitted_by_user_id, row.submitted_by_client_id, row.submitted_by_label)


def approved(actor: Actor, row: Transaction) -> bool:
    """Whether ``actor`` turned the second key."""
    return _is(actor, row.approved_by_user_id, row.approved_by_client_id, row.approved_by_label)


def has_second_key(row: Transaction) -> bool:
    return bool(row.approved_by_label)


def named(step: str, actor: Actor) -> dict[str, object]:
    """The columns that say who did a step, ``submitted`` or ``approved``."""
    return {
        f"{step}_by_user_id": actor.user_id,
        f"{step}_by_client_id": actor.client_id[:100],
        f"{step}_by_label": actor.label[:200],
    }


NOT_APPROVED = {"approved_by_user_id": None, "approved_by_client_id": "", "approved_by_label": ""}
"""The columns of an approval that does not hold any more."""


def _is(actor: Actor, user_id: int | None, client_id: str, label: str) -> bool:
    """People are told apart by their accounts, machines by their client ids, tasks by their names."""
    if actor.user_id is not None or user_id is not None:
        return actor.user_id == user_id
    if actor.client_id or client_id:
        return actor.client_id == client_id
    return bool(label) and actor.label[:200] == label
