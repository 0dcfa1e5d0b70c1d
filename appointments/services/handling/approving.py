"""The second key."""

from __future__ import annotations

from appointments.enums import StatusDetail
from appointments.models import Transaction
from appointments.services.handling import people
from appointments.services.handling.results import Handled, Ids
from appointments.services.handling.sheet import Check, act
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.state_table import HasRight, any_right


def approve(ids: Ids, *, actor: Actor, has_right: HasRight = any_right) -> Handled:
    """Approve as the second person: neither who prepared nor who submitted. They are then ready to be submitted."""
    return act(
        ids,
        "approve",
        actor=actor,
        has_right=has_right,
        check=_by_another(actor),
        detail=StatusDetail.APPROVED_HERE,
        values=people.named("approved", actor),
    )


def _by_another(actor: Actor) -> Check:
    def objection(row: Transaction) -> DomainError | None:
        if people.prepared(actor, row):
            return same_person(f"You prepared {row.number}, so its second key belongs to somebody else.")
        if people.submitted(actor, row):
            return same_person(f"You submitted {row.number}, so its second key belongs to somebody else.")
        return None

    return objection


def same_person(message: str) -> Conflict:
    """Two people are needed, and this is one of them already."""
    return Conflict(message, "Ask a colleague who may do this.", code="same_person")
