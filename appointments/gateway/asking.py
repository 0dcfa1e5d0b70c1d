"""Asking the registry about transactions by their keys: a minimal message that applies for nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from appointments.enums import AttemptOutcome, AttemptPurpose
from appointments.gateway import documents, far_side, locks, replies, state
from appointments.gateway.claim import worker_name
from appointments.gateway.journal import SentKey
from appointments.gateway.replies import Applied
from appointments.models import AttemptTransaction, GatewaySettings, SubmissionAttempt
from core import clock
from nipr.client import RegistryClient
from nipr.errors import NotSent, RegistryError
from nipr.wire.gateway import document

AT_ONCE = 100
"""Questions in one document."""
LONGEST = timedelta(seconds=60)
NO_EPOCH = UUID(int=0)
"""Of a database that was restored to before its first send."""


def ask(
    client: RegistryClient,
    keys: Sequence[SentKey],
    about: Collection[int],
    settings: GatewaySettings,
    *,
    within: timedelta = LONGEST,
) -> Applied | None:
    """Ask about up to ``AT_ONCE`` keys and apply what is answered; None without answer.

    ``about``: the transactions these keys belong to, where they are known here.
    """
    attempt_id = uuid4()
    with locks.holding(attempt_id):
        _open(attempt_id, about)
        body = document(documents.questions(keys, settings))
        try:
            post = client.post_gateway(body, timeout=within.total_seconds())
        except RegistryError as error:
            outcome = AttemptOutcome.NOT_SENT if isinstance(error, NotSent) else AttemptOutcome.UNKNOWN
            _end(attempt_id, outcome, error.message)
            return None
        replies.keep(attempt_id, post.status, post.body)
        if post.status in far_side.UNAUTHORISED:
            _end(attempt_id, AttemptOutcome.NOT_SENT, "NIPR refused our name and password.")
            far_side.refused_at_the_door()
            return None
        return replies.apply_kept(attempt_id)


def _open(attempt_id: UUID, about: Collection[int]) -> None:
    gateway, now = state.current(), clock.now()
    SubmissionAttempt.objects.create(
        id=attempt_id,
        purpose=AttemptPurpose.ASK,
        worker=worker_name(),
        epoch=gateway.epoch or NO_EPOCH,
        send_number=gateway.sends,
        claimed_at=now,
        lease_until=now + LONGEST * 2,
        sending_at=now,
        transactions=len(about),
    )
    AttemptTransaction.objects.bulk_create(
        AttemptTransaction(attempt_id=attempt_id, transaction_id=pk) for pk in sorted(about)
    )


def _end(attempt_id: UUID, outcome: AttemptOutcome, note: str) -> None:
    SubmissionAttempt.objects.filter(pk=attempt_id).update(
        outcome=outcome, ended_at=clock.now(), note=note[:300]
    )
