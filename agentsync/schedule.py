"""What beat starts and when. Each entry enqueues one of our jobs or a small sweep; times are the operator's."""

from __future__ import annotations

from typing import Any

from agentsync.environment import Environment


def beat_schedule(environment: Environment) -> dict[str, dict[str, Any]]:
    """The CELERY_BEAT_SCHEDULE setting."""
    return {}
