"""Whether somebody is the person who did an earlier step: the second key belongs to another."""

from __future__ import annotations

from appointments.models import Transaction
from core.actor import Actor


def prepared(actor: Actor, row: Transaction) -> bool:
    """Whether ``actor`` asked for the transaction. A machine is known by its client id."""
    if actor.client_id:
        return actor.client_id == row.prepared_by_client_id
    return _is(actor, row.prepared_by_user_id, row.prepared_by_label)


def submitted(actor: Actor, row: Transaction) -> bool:
    """Whether ``actor`` submitted it, or asked to."""
    return _is(actor, row.submitted_by_user_id, row.submitted_by_label)


def approved(actor: Actor, row: Transaction) -> bool:
    """Whether ``actor`` turned the second key."""
    return _is(actor, row.approved_by_user_id, row.approved_by_label)


def has_second_key(row: Transaction) -> bool:
    return bool(row.approved_by_label)


def _is(actor: Actor, user_id: int | None, label: str) -> bool:
    """People are told apart by their accounts; machines and tasks, which have none, by name."""
    if actor.user_id is not None or user_id is not None:
        return actor.user_id == user_id
    return bool(label) and actor.label[:200] == label
