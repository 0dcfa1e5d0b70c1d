"""The project's own tasks."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from agentsync import health
from appointments.services.licensing import tying as license_tying
from appointments.services.ties import tying
from core import clock
from core.actor import Actor
from core.jobs import services as jobs


@shared_task(name="agentsync.heartbeat")
def heartbeat() -> None:
    """Show that beat, the broker and a worker work together."""
    health.beat()


@worker_ready.connect
def announce(**_: Any) -> None:
    """A worker that has just started is heard at once, and not only with beat's next heartbeat."""
    heartbeat.delay()


@shared_task(name="agentsync.start_daily")
def start_daily(kind: str) -> None:
    """Start a job that runs once a day, however often beat says so."""
    jobs.enqueue(kind, actor=Actor.task("schedule"), period_key=f"{kind}:{clock.today()}")


@shared_task(name="agentsync.tie_transactions", ignore_result=True)
def tie_transactions() -> None:
    """Find out which approved transactions the registry has still not shown, though their producers were read."""
    tying.tie_waiting()
    license_tying.tie_waiting_licenses()
