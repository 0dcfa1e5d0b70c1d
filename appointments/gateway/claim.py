"""Taking due transactions for one document: the intent, committed before anything leaves."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from appointments import moves
from appointments.enums import AttemptOutcome, AttemptPurpose, StatusDetail, TransactionStatus
from appointments.gateway import locks, settings, state
from appointments.gateway.crashpoints import Point, reach
from appointments.models import (
    AttemptTransaction,
    GatewaySettings,
    GatewayState,
    SubmissionAttempt,
    Transaction,
    dollars,
)
from core import clock

PROBE_SIZE = 1
"""What is risked to see whether the registry answers again."""
HOUR = timedelta(hours=1)
_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one sender has taken. ``lease_end`` is a moment of :func:`elapsed`, which no change of the clock moves."""

    attempt: SubmissionAttempt
    rows: list[Transaction]
    settings: GatewaySettings
    lease_end: float

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in self.rows]


def elapsed() -> float:
    """Seconds that only ever go on, also while the machine is suspended."""
    return time.clock_gettime(_CLOCK)


def worker_name() -> str:
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def due() -> QuerySet[Transaction]:
    """What may be sent now, oldest first."""
    ready = Transaction.objects.filter(status=TransactionStatus.QUEUED, send_after__lte=clock.now())
    return ready.order_by("send_after", "pk")


def claim(attempt_id: UUID) -> Claim | None:
    """Take what is due for one document; None when nothing is, or nothing may leave.

    The caller holds the attempt's lock already, so that nobody who sees the attempt finds it free. The gateway's state
    is locked from the look at the caps to the commit: of all senders one claims at a time.
    """
    with transaction.atomic():
        gateway = state.locked()
        given = settings.current()
        now, started = clock.now(), elapsed()
        size = _room(gateway, given, now)
        if not size:
            return None
        rows = _within_caps(_take(size), gateway, given, now)
        if not rows or not _is_complete(given):
            return None
        attempt = _open_attempt(attempt_id, gateway, given, rows, now)
        claimed = moves.move_many(
            rows, "claim", actor=state.GATEWAY, detail=StatusDetail.SENDING, values={"attempt": attempt}
        ).rows
        AttemptTransaction.objects.bulk_create(
            AttemptTransaction(attempt=attempt, transaction=row) for row in claimed
        )
        reach(Point.BEFORE_CLAIM_COMMIT)
    return Claim(attempt, claimed, given, started + given.lease_seconds)


def _room(gateway: GatewayState, given: GatewaySettings, now: datetime) -> int:
    """How many may leave in this document: none while stopped, a probe after a pause."""
    if gateway.fenced_since or gateway.cap_reached_at:
        return 0
    if gateway.paused_since is None:
        return given.document_size
    if gateway.paused_until is None or now < gateway.paused_until:
        return 0
    return PROBE_SIZE


def _is_complete(given: GatewaySettings) -> bool:
    """Without the submitter's own data nothing can be written: that is one mistake, not one of each transaction."""
    missing = settings.missing(given)
    if missing:
        state.pause(
            f"The gateway settings lack: {', '.join(missing)}. Fill them in, then resume.", state.GATEWAY
        )
    return not missing


def _take(size: int) -> list[Transaction]:
    """Lock the oldest due ones. What was sent before leaves in documents of its own, never while its sender lives."""
    looked = list(due().values_list("pk", "attempt_id", "first_sent_at")[: 2 * size])
    alive = locks.held_among({attempt for _, attempt, _ in looked if attempt})
    free = [(pk, sent is not None) for pk, attempt, sent in looked if attempt not in alive]
    ids = [pk for pk, again in free if again == free[0][1]][:size]
    now = clock.now()
    return [
        row
        for row in moves.locked(ids)
        if row.status == TransactionStatus.QUEUED and row.send_after and row.send_after <= now
    ]


def _within_caps(
    rows: list[Transaction], gateway: GatewayState, given: GatewaySettings, now: datetime
) -> list[Transaction]:
    """As many of them, in their order, as the hour still has room for; at none the gateway stops until released."""
    if not rows:
        return rows
    count, cents = _sent_since(max(now - HOUR, gateway.cap_counts_from or now - HOUR))
    taken: list[Transaction] = []
    for row in sorted(rows, key=lambda row: (row.send_after, row.pk)):
        count, cents = count + 1, cents + row.cost_cents
        if count > given.hourly_cap or cents > given.hourly_cap_cents:
            break
        taken.append(row)
    if not taken:
        text = f"{given.hourly_cap} transactions or ${dollars(given.hourly_cap_cents)} an hour are reached."
        state.cap_reached(gateway, text)
    return sorted(taken, key=lambda row: row.pk)


def _sent_since(since: datetime) -> tuple[int, int]:
    """Transactions that have left, or are about to, and what they cost."""
    sent = AttemptTransaction.objects.filter(attempt__purpose__in=state.SENDS, attempt__claimed_at__gt=since)
    cost = Coalesce(F("transaction__state_fee_cents"), 0) + Coalesce(F("transaction__nipr_fee_cents"), 0)
    left = ~Q(attempt__outcome=AttemptOutcome.NOT_SENT)
    sums = sent.filter(left).aggregate(count=Count("pk"), cents=Sum(cost, default=0))
    return sums["count"], sums["cents"]


def _open_attempt(
    attempt_id: UUID,
    gateway: GatewayState,
    given: GatewaySettings,
    rows: Sequence[Transaction],
    now: datetime,
) -> SubmissionAttempt:
    if gateway.epoch is None:
        raise RuntimeError("The send journal has not been compared; call fence.check() first.")
    gateway.sends += 1
    if gateway.paused_until:
        # Everybody else waits for what becomes of the probe.
        gateway.paused_until = now + timedelta(seconds=given.lease_seconds)
    gateway.save(update_fields=["sends", "paused_until"])
    again = rows[0].first_sent_at is not None
    return SubmissionAttempt.objects.create(
        id=attempt_id,
        purpose=AttemptPurpose.RESEND if again else AttemptPurpose.SEND,
        worker=worker_name(),
        epoch=gateway.epoch,
        send_number=gateway.sends,
        claimed_at=now,
        lease_until=now + timedelta(seconds=given.lease_seconds),
        transactions=len(rows),
    )
