"""Is it alive? Machines ask at /healthz, people with `manage.py doctor`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

PATH: Final = "/healthz"
HEARTBEAT_KEY: Final = "worker-heartbeat"
HEARTBEAT_EVERY: Final = 20
LATE_AFTER: Final = 3 * HEARTBEAT_EVERY
NEEDED_BY_PAGES: Final = ("database", "broker")


class HealthMiddleware:
    """Answers /healthz before hosts, sessions and people are looked at: probes come by address, with none of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return answer() if request.path == PATH else self.get_response(request)


def answer() -> JsonResponse:
    """503 when pages cannot work. A late worker is told, yet pages go on and what is asked for waits in its row."""
    parts = examine()
    is_up = all(parts[name] == "ok" for name in NEEDED_BY_PAGES)
    status = "ok" if is_well(parts) else "degraded" if is_up else "down"
    headers = {"Cache-Control": "no-store"}
    return JsonResponse({"status": status, **parts}, status=200 if is_up else 503, headers=headers)


def examine() -> dict[str, str]:
    """Each part and how it does."""
    return {"database": _database(), "broker": _broker(), "worker": _worker()}


def is_well(parts: dict[str, str]) -> bool:
    """Whether nothing is wrong at all."""
    return set(parts.values()) == {"ok"}


def beat() -> None:
    """Called by the worker: this moment came from beat, through the queue, to it."""
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

    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except (OperationalError, OSError):
        return "down"
    return "ok"


def _worker() -> str:
    try:
        seen = cache.get(HEARTBEAT_KEY)
    except (OSError, RedisError):
        return "not known"
    if seen is None:
        return "not seen yet"
    return "ok" if time.time() - seen <= LATE_AFTER else "late"
