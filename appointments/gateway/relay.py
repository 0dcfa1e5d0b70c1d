"""Waking the senders. The rows are the queue: a message that is lost, doubled or late changes nothing."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from appointments.enums import TransactionStatus
from appointments.gateway import fence, reconcile, settings, state
from appointments.models import GatewayState, Transaction
from core import clock

logger = logging.getLogger(__name__)

SEND_TASK = "appointments.send_queued"
SENDERS = 4
"""So many messages at most for one run: each sender goes on until nothing is due."""
MESSAGE_SECONDS = 30
"""A message that nobody took by then is worth nothing: there have been others since."""


def nudge() -> None:
    """Wake a sender once the database transaction has committed."""
    transaction.on_commit(lambda: _wake(1), robust=True)


def run() -> int:
    """Every few seconds: look for a restore, sweep up after dead senders, and wake as many as there is work for."""
    if not fence.check():
        return 0
    reconcile.sweep()
    due = Transaction.objects.filter(status=TransactionStatus.QUEUED, send_after__lte=clock.now()).count()
    messages = min(SENDERS, -(-due // settings.current().document_size))
    _wake(messages)
    state.current()
    GatewayState.objects.filter(pk=1).update(relayed_at=clock.now())
    return messages


def _wake(senders: int) -> None:
    try:
        for _ in range(senders):
            current_app.send_task(SEND_TASK, expires=MESSAGE_SECONDS, retry=False)
    except (OperationalError, OSError):
        # The broker is away. The rows stay due, and the next run of the relay wakes somebody.
        logger.warning("gateway_nobody_woken", exc_info=True)
