"""What beat starts and when. Each entry enqueues one of our jobs or a small sweep; times are the operator's."""

from __future__ import annotations

from datetime import time
from typing import Any

from celery.schedules import crontab

from agentsync.environment import Environment
from agentsync.health import HEARTBEAT_EVERY

ROUND_JOB = "core.notices.round"
NOTICES_AT = time(6)
"""Before people come to work. The nightly jobs have asked for a round already, unless they did not run."""
FORGET_FILES_AT = time(1, 15)


def beat_schedule(environment: Environment) -> dict[str, dict[str, Any]]:
    """The CELERY_BEAT_SCHEDULE setting. A message nobody took before the next is due is worth nothing: it expires."""
    return {
        "heartbeat": _every("agentsync.heartbeat", HEARTBEAT_EVERY),
        "reap jobs": _every("core.jobs.reap", 10),
        "send transactions": _every("appointments.relay", 5),
        "ask what became of transactions": _every("appointments.reconcile", 15),
        "tie transactions to facts": _every("agentsync.tie_transactions", 3600),
        "mail notices": _every("core.notices.mail", 120),
        "forget old answers": _every("core.api.prune_idempotency_keys", 6 * 3600),
        "sweep scorecards": _every("scorecards.sweep", 120),
        "nightly sync": _daily("producers.nightly_sync", environment.nightly_sync_at),
        "calendar refresh": _daily("scorecards.calendar_refresh", environment.scorecards_refresh_at),
        "watch the nightly sync": _every("producers.watch_nightly_sync", 3600),
        "notices": _daily(ROUND_JOB, NOTICES_AT),
        "forget uploaded files": _daily("imports.prune", FORGET_FILES_AT),
    }


def _every(task: str, seconds: int) -> dict[str, Any]:
    return {"task": task, "schedule": float(seconds), "options": {"expires": 2 * seconds}}


def _daily(job_kind: str, at: time) -> dict[str, Any]:
    return {
        "task": "agentsync.start_daily",
        "args": [job_kind],
        "schedule": crontab(hour=at.hour, minute=at.minute),
        "options": {"expires": 6 * 3600},
    }
