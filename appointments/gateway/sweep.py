"""Taking over from senders that died or are late."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from appointments import moves
from appointments.enums import AttemptOutcome, StatusDetail, TransactionStatus
from appointments.gateway import far_side, locks, replies, state
from appointments.models import AttemptTransaction, SubmissionAttempt, Transaction
from core import clock


def sweep() -> int:
    """Settle the attempts whose sender is dead or past its lease; how many transactions were taken from them.

    A sender that is dead and had not passed the point of no return surely sent nothing. One that had may have sent. A
    kept reply is applied, whoever kept it.
    """
    under_way = list(SubmissionAttempt.objects.filter(outcome=AttemptOutcome.OPEN))
    alive = locks.held_among([attempt.pk for attempt in under_way])
    now = clock.now()
    return sum(
        _settle(attempt.pk, sender_lives=attempt.pk in alive)
        for attempt in under_way
        if attempt.pk not in alive or attempt.lease_until <= now
    )


def _settle(attempt_id: UUID, *, sender_lives: bool) -> int:
    with transaction.atomic():
        attempt = SubmissionAttempt.objects.select_for_update().get(pk=attempt_id)
        if attempt.outcome:
            return 0
        turned_away = attempt.http_status in far_side.UNAUTHORISED
        if attempt.reply is not None and not turned_away:
            replies.apply_kept(attempt_id)
            return 0
        if attempt.sending_at is None or turned_away:
            taken = _give_back(attempt)
            _end(attempt, AttemptOutcome.NOT_SENT, "Its sender stopped before anything of it was taken.")
        else:
            taken = _lose(attempt)
            if not sender_lives:
                # Until then it stays under way: its end tells from when on the sender surely did nothing more.
                _end(attempt, AttemptOutcome.UNKNOWN, "Its sender stopped on the way.")
    return taken


def _give_back(attempt: SubmissionAttempt) -> int:
    return len(
        moves.move_many(
            _held_by(attempt),
            "give_back",
            actor=state.GATEWAY,
            detail=StatusDetail.TRY_AGAIN,
            values={"send_after": clock.now(), "attempt": None},
        ).rows
    )


def _lose(attempt: SubmissionAttempt) -> int:
    return len(
        moves.move_many(
            _held_by(attempt),
            "lose",
            actor=state.GATEWAY,
            detail=StatusDetail.WORKER_LOST,
            values=replies.unknown_values(clock.now()),
        ).rows
    )


def _held_by(attempt: SubmissionAttempt) -> list[Transaction]:
    carried = AttemptTransaction.objects.filter(attempt=attempt).values_list("transaction_id", flat=True)
    return [
        row
        for row in moves.locked(list(carried))
        if row.status == TransactionStatus.SUBMITTING and row.attempt_id == attempt.pk
    ]


def _end(attempt: SubmissionAttempt, outcome: AttemptOutcome, note: str) -> None:
    attempt.outcome, attempt.ended_at, attempt.note = outcome, clock.now(), note
    attempt.save(update_fields=["outcome", "ended_at", "note"])
