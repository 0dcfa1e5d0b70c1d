"""Is it alive? Asked by machines at /healthz, and by the supervisor."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from kombu.exceptions import OperationalError

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_EVERY = 20
LATE_AFTER = 3 * HEARTBEAT_EVERY


@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """503 when no page can work; a late worker is told, yet pages go on."""
    parts = {"database": _database(), "broker": _broker(), "worker": _worker()}
    is_up = parts["database"] == "ok"
    status = "ok" if set(parts.values()) == {"ok"} else "degraded" if is_up else "down"
    return JsonResponse({"status": status, **parts}, status=200 if is_up else 503)


def beat() -> None:
    """Called by the worker: this moment came to it through the queue."""
    cache.set(HEARTBEAT_KEY, time.time(), timeout=None)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def _broker() -> str:
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        return "ok" if Path(settings.QUEUE_DIR).is_dir() else "down"
    from agentsync.celery import app

    options: dict[str, Any] = {"max_retries": 1, "interval_start": 0, "timeout": 2}
    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(**options)
    except (OperationalError, OSError):
        return "down"
    return "ok"


def _worker() -> str:
    seen = cache.get(HEARTBEAT_KEY)
    if seen is None:
        return "not seen yet"
    return "ok" if time.time() - seen <= LATE_AFTER else "late"
