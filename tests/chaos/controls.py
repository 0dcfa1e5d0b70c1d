"""Runs that have to fail: each takes one protection away. A harness that finds nothing in them finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

VISIBILITY = {"no_settle": 30.0, "blind_retry": 30.0, "no_claim": 30.0, "new_reference": 0.0}
"""Seconds for which the registry denies what it has, where the control needs another delay than a run has."""


def apply(name: str) -> None:
    """Take the protection of that name away; none for an empty name."""
    if name:
        CONTROLS[name]()


def _early_record() -> None:
    """What is about to be sent is noted as approved before it leaves."""
    from appointments import moves
    from appointments.gateway import send, state

    mark = send._mark

    def mark_and_record(claimed: Any, body: bytes) -> Any:
        marked = mark(claimed, body)
        with send.transaction.atomic():
            moves.move_many(moves.locked(claimed.ids), "approve_at_state", actor=state.GATEWAY)
        return marked

    send._mark = mark_and_record


def _no_claim() -> None:
    """Rows stay queued while they are sent: every sender takes the same."""
    from appointments.enums import TransactionStatus
    from appointments.gateway import send
    from appointments.models import Transaction

    post = send._post

    def post_unclaimed(claimed: Any, client: Any, body: bytes) -> None:
        Transaction.objects.filter(pk__in=claimed.ids).update(
            status=TransactionStatus.QUEUED, first_sent_at=None
        )
        post(claimed, client, body)

    send._post = post_unclaimed


def _new_reference() -> None:
    """Without an answer it is sent again at once, trusting in the key; only that every attempt has another."""
    import secrets

    from appointments.gateway import send
    from appointments.models import Transaction, TransactionDocument

    written = send._written

    def write_anew(claimed: Any) -> Any:
        TransactionDocument.objects.filter(pk__in=claimed.ids).delete()
        for row in claimed.rows:
            row.gateway_key = secrets.token_hex(10)
        Transaction.objects.bulk_update(claimed.rows, ["gateway_key"])
        return written(claimed)

    send._written = write_anew
    _blind_retry()


def _blind_retry() -> None:
    """Without an answer it is sent again at once."""
    from appointments.gateway import send

    send._lose = send._give_back


def _no_settle() -> None:
    """The settle time is none (see the run's settings): the registry's first denial is believed."""
    from appointments.gateway import locks

    locks.held_among = lambda _ids: set()


CONTROLS: dict[str, Callable[[], None]] = {
    "early_record": _early_record,
    "no_claim": _no_claim,
    "new_reference": _new_reference,
    "blind_retry": _blind_retry,
    "no_settle": _no_settle,
}
