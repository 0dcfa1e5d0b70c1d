"""A person says what became of a transaction whose outcome is not known. Each wants a reason, which is kept."""

from __future__ import annotations

from typing import Any

from appointments.enums import StatusDetail
from appointments.gateway import locks
from appointments.models import Transaction
from appointments.services.handling import people
from appointments.services.handling.approving import same_person
from appointments.services.handling.results import HandledOne
from appointments.services.handling.sheet import Check, act
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, FieldError, InvalidInput
from core.state_table import HasRight, any_right
from producers.identity import plain


def attach_number(
    transaction_id: int, nipr_trans: str, *, reason: str, actor: Actor, has_right: HasRight = any_right
) -> HandledOne:
    """It is at NIPR under this number; from now on NIPR is asked about its status.

    Raises InvalidInput (paths ``nipr_trans``, ``reason``).
    """
    number = plain(nipr_trans)
    _refuse([*_faults_of_number(number), *_faults_of_reason(reason)])
    handled = act(
        [transaction_id],
        "attach",
        actor=actor,
        has_right=has_right,
        detail=StatusDetail.RECEIVED,
        values={"nipr_trans": number, **_NOT_UNKNOWN, "check_after": clock.now()},
        reason=plain(reason),
    )
    return handled.results[0]


def not_there(
    transaction_id: int, *, reason: str, actor: Actor, has_right: HasRight = any_right
) -> HandledOne:
    """It is surely not at NIPR: it may be submitted again, the same bytes under the same key.

    Not by who submitted it: whoever wants it to have failed does not decide that it did.
    """
    _refuse(_faults_of_reason(reason))
    handled = act(
        [transaction_id],
        "not_there",
        actor=actor,
        has_right=has_right,
        check=_gone_and_by_another(actor),
        values={**_NOT_UNKNOWN, "send_after": None},
        reason=plain(reason),
    )
    return handled.results[0]


def write_off(
    transaction_id: int, *, reason: str, actor: Actor, has_right: HasRight = any_right
) -> HandledOne:
    """Nobody will find out: closed. It may have been charged, so the comparison with the invoice tells it."""
    _refuse(_faults_of_reason(reason))
    handled = act(
        [transaction_id],
        "write_off",
        actor=actor,
        has_right=has_right,
        check=_still_sending,
        values={"check_after": None},
        reason=plain(reason),
    )
    return handled.results[0]


_NOT_UNKNOWN: dict[str, Any] = {"unknown_since": None, "checks": 0, "check_after": None}


def _gone_and_by_another(actor: Actor) -> Check:
    def objection(row: Transaction) -> DomainError | None:
        if people.submitted(actor, row):
            return same_person(
                f"You submitted {row.number}; that it is not there is for somebody else to say."
            )
        return _still_sending(row)

    return objection


def _still_sending(row: Transaction) -> DomainError | None:
    """While it may yet arrive nobody says that it is over: the same would be asked for, and paid, a second time."""
    if row.attempt_id is None or locks.is_free(row.attempt_id):
        return None
    message = f"The sender of {row.number} is still at it, however late: it may yet arrive."
    return Conflict(message, "Wait until it has ended, then look again.", code="still_sending")


def _refuse(faults: list[FieldError]) -> None:
    if faults:
        raise InvalidInput(faults)


def _faults_of_reason(reason: str) -> list[FieldError]:
    if plain(reason):
        return []
    return [{"path": "reason", "code": "required", "message": "Say how you found out; it is kept."}]


def _faults_of_number(number: str) -> list[FieldError]:
    if not number:
        return [{"path": "nipr_trans", "code": "required", "message": "Name the number NIPR gave it."}]
    if len(number) > 40:
        return [{"path": "nipr_trans", "code": "too_long", "message": "At most 40 characters fit here."}]
    return []
