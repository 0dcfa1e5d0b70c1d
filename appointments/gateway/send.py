"""One document from its claim to its answer.

1. Take the lock that dies with this process, then claim and commit: the rows are ours, nothing has left.
2. Write or read the bytes. Commit ``sending_at``: from here on a dead sender may have sent.
3. Write the keys to the journal and flush it. Look at the time once more. Post, in no database transaction.
4. Commit the raw reply, then apply it. Whoever finds a kept reply that is not applied goes on from there.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from appointments import moves
from appointments.enums import AttemptOutcome, StatusDetail, TransactionStatus
from appointments.gateway import documents, far_side, fence, journal, locks, replies, state
from appointments.gateway.claim import Claim, claim, due, elapsed
from appointments.gateway.crashpoints import Point, reach
from appointments.gateway.documents import Documents
from appointments.models import SubmissionAttempt, Transaction
from core import clock
from core.audit.services import operation
from nipr import errors
from nipr.client import RegistryClient
from nipr.wire.gateway import document

logger = logging.getLogger(__name__)

SOONEST_AGAIN, LATEST_AGAIN = timedelta(seconds=15), timedelta(minutes=5)
"""When what surely did not leave is tried again: twice as long for each attempt in a row that failed."""


def send_due(max_documents: int | None = None) -> int:
    """Send what is due, document after document, until nothing is or nothing may leave; how many were claimed."""
    if not due().exists() or not fence.check():
        return 0
    sent = 0
    rounds = itertools.count() if max_documents is None else range(max_documents)
    with far_side.registry() as client:
        for _ in rounds:
            claimed = send_one(client)
            if not claimed:
                break
            sent += claimed
    return sent


def send_one(client: RegistryClient) -> int:
    """Send one document; how many transactions were claimed for it."""
    if not due().exists():
        return 0
    attempt_id = uuid4()
    with operation():
        with locks.holding(attempt_id):
            reach(Point.AFTER_LOCK)
            claimed = claim(attempt_id)
            if claimed is None:
                return 0
            reach(Point.AFTER_CLAIM)
            _carry(claimed, client)
        reach(Point.AFTER_RELEASE)
    return len(claimed.rows)


def _carry(claimed: Claim, client: RegistryClient) -> None:
    written = _written(claimed)
    reach(Point.AFTER_DOCUMENTS)
    if not written.bodies:
        _end(claimed, AttemptOutcome.NOT_SENT, "None of its transactions could be written.")
        return
    body = document(written.bodies[pk] for pk in sorted(written.bodies))
    sending_at = _mark(claimed, body)
    if sending_at is None:
        return  # The lease was over: the sweeper has given the rows to others.
    reach(Point.AFTER_MARK)
    if problem := _note_in_journal(claimed, written, sending_at):
        _give_back(claimed, problem)
        fence.check()
        return
    reach(Point.AFTER_JOURNAL)
    if not has_time(claimed):
        _give_back(claimed, "The sender was held up; it did not send so late.")
        return
    reach(Point.BEFORE_POST)
    _post(claimed, client, body)


def has_time(claimed: Claim) -> bool:
    """Whether more than half the lease is left, which is what the call may take."""
    return claimed.lease_end - elapsed() > claimed.settings.lease_seconds / 2


def _written(claimed: Claim) -> Documents:
    """The bytes. What cannot be written is refused here and now, and holds up nobody else."""
    with transaction.atomic():
        written = documents.kept_or_made(claimed.ids, claimed.settings)
        if written.faults:
            moves.move_many(
                moves.locked(written.faults),
                "refuse",
                actor=state.GATEWAY,
                row_values=lambda row: _faulty(written.faults[row.pk]),
            )
    claimed.rows[:] = [row for row in claimed.rows if row.pk in written.bodies]
    return written


def _faulty(faults: list[str]) -> dict[str, object]:
    return {
        "validation_errors": [{"code": "incomplete", "text": fault} for fault in faults],
        "nipr_message": "It was not sent: something it needs is missing.",
        "attempt": None,
    }


def _mark(claimed: Claim, body: bytes) -> datetime | None:
    """Pass the point of no return, unless the attempt is not ours any more."""
    now = clock.now()
    ours = SubmissionAttempt.objects.filter(
        pk=claimed.attempt.pk, outcome="", sending_at=None, lease_until__gt=now
    )
    digest = hashlib.sha256(body).hexdigest()
    rows = Transaction.objects.filter(
        pk__in=claimed.ids, attempt=claimed.attempt, status=TransactionStatus.SUBMITTING
    )
    with transaction.atomic():
        if not ours.update(sending_at=now, sha256=digest, transactions=len(claimed.rows)):
            return None
        if rows.count() != len(claimed.rows):
            transaction.set_rollback(True)
            return None
        rows.filter(first_sent_at=None).update(first_sent_at=now)
    return now


def _note_in_journal(claimed: Claim, written: Documents, at: datetime) -> str:
    """Empty, or why it must not be sent."""
    batches = dict(Transaction.objects.filter(pk__in=claimed.ids).values_list("pk", "batch__gateway_key"))
    keys = tuple(
        journal.SentKey(batches[row.pk], row.gateway_key, row.kind, row.state, written.stamps[row.pk])
        for row in claimed.rows
    )
    attempt = claimed.attempt
    try:
        journal.append(journal.Entry(attempt.epoch, attempt.send_number, at, keys))
    except (journal.JournalDisagrees, OSError) as error:
        logger.exception("send_journal_not_written")
        return f"The send journal could not be written: {error}"[:300]
    return ""


def _post(claimed: Claim, client: RegistryClient, body: bytes) -> None:
    # Without polling the answers to later documents are the only way in which the states' decisions arrive.
    realtime = not claimed.settings.polling
    try:
        post = client.post_gateway(body, realtime=realtime, timeout=claimed.settings.lease_seconds / 2)
    except errors.NotSent as error:
        _give_back(claimed, error.message)
        state.unanswered(error.message)
        return
    except errors.RegistryError as error:
        _lose(claimed, error.message)
        state.unanswered(error.message)
        return
    reach(Point.AFTER_POST)
    replies.keep(claimed.attempt.pk, post.status, post.body)
    reach(Point.AFTER_STORE)
    if post.status in far_side.UNAUTHORISED:
        _give_back(claimed, "NIPR refused our name and password.")
        far_side.refused_at_the_door()
        return
    reach(Point.BEFORE_APPLY)
    applied = replies.apply_kept(claimed.attempt.pk)
    reach(Point.AFTER_APPLY)
    if applied and not applied.useful:
        state.unanswered("NIPR's answer could not be understood.")
    elif applied:
        state.answered()


def _give_back(claimed: Claim, why: str) -> None:
    """It surely did not leave. What the sweeper has called lost meanwhile goes back as well: we know better."""
    again = clock.now() + _backoff()

    def values(row: Transaction) -> dict[str, object]:
        before = None if row.first_sent_at == sending_at else row.first_sent_at
        return {"send_after": again, "attempt": None, "first_sent_at": before, **_KNOWN}

    with transaction.atomic():
        sending_at = _lock_attempt(claimed).sending_at
        ours = [row for row in moves.locked(claimed.ids) if row.attempt_id == claimed.attempt.pk]
        held = [row for row in ours if row.status == TransactionStatus.SUBMITTING]
        lost = [
            row
            for row in ours
            if row.status == TransactionStatus.UNKNOWN and row.status_detail != StatusDetail.FENCED
        ]
        for rows, event in ((held, "give_back"), (lost, "send_again")):
            moves.move_many(
                rows, event, actor=state.GATEWAY, detail=StatusDetail.TRY_AGAIN, row_values=values, reason=why
            )
        _end(claimed, AttemptOutcome.NOT_SENT, why)


_KNOWN: dict[str, object] = {"unknown_since": None, "checks": 0, "check_after": None}


def _backoff() -> timedelta:
    failed = min(state.current().unknown_in_a_row, 10)
    return min(SOONEST_AGAIN * (1 << failed), LATEST_AGAIN)


def _lose(claimed: Claim, why: str) -> None:
    """It may have arrived, and no answer tells."""
    with transaction.atomic():
        _lock_attempt(claimed)
        ours = [
            row
            for row in moves.locked(claimed.ids)
            if row.attempt_id == claimed.attempt.pk and row.status == TransactionStatus.SUBMITTING
        ]
        moves.move_many(
            ours,
            "lose",
            actor=state.GATEWAY,
            detail=StatusDetail.NO_ANSWER,
            values=replies.unknown_values(clock.now()),
            reason=why,
        )
        _end(claimed, AttemptOutcome.UNKNOWN, why)


def _lock_attempt(claimed: Claim) -> SubmissionAttempt:
    """Before its transactions, in the order in which everybody locks them."""
    return SubmissionAttempt.objects.select_for_update().get(pk=claimed.attempt.pk)


def _end(claimed: Claim, outcome: AttemptOutcome, note: str) -> None:
    SubmissionAttempt.objects.filter(pk=claimed.attempt.pk).update(
        outcome=outcome, ended_at=clock.now(), note=note[:300]
    )
