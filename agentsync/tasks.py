"""The project's own tasks."""

from __future__ import annotations

from celery import shared_task

from agentsync import health


@shared_task(name="agentsync.heartbeat")
def heartbeat() -> None:
    """Show that beat, the broker and a worker work together."""
    health.beat()
