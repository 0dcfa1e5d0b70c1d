"""The tasks of the gateway. Their messages carry nothing: the rows say what is due."""

from __future__ import annotations

from celery import shared_task

import appointments.services.asking.jobs  # noqa: F401 - its kind of job is known by being imported
from appointments.gateway import reconcile as reconciling
from appointments.gateway import relay as relaying
from appointments.gateway import send


@shared_task(name=relaying.SEND_TASK, acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def send_queued() -> None:
    """Send what is due."""
    send.send_due()


@shared_task(name="appointments.relay", ignore_result=True)
def relay() -> None:
    """Every few seconds, from beat: wake senders for what is due."""
    relaying.run()


@shared_task(name="appointments.reconcile", ignore_result=True)
def reconcile() -> None:
    """Every few seconds, from beat: find out what became of what has no answer."""
    reconciling.run()
