"""The project's own tasks."""

from __future__ import annotations

from celery import shared_task

from agentsync import health
from core import clock
from core.actor import Actor
from core.jobs import services as jobs


@shared_task(name="agentsync.heartbeat")
def heartbeat() -> None:
    """Show that beat, the broker and a worker work together."""
    health.beat()


@shared_task(name="agentsync.start_daily")
def start_daily(kind: str) -> None:
    """Start a job that runs once a day, however often beat says so."""
    jobs.enqueue(kind, actor=Actor.task("schedule"), period_key=f"{kind}:{clock.today()}")
