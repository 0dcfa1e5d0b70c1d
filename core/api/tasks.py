"""What the API does by itself."""

from __future__ import annotations

from celery import shared_task

from core.api import idempotency


@shared_task(name="core.api.prune_idempotency_keys")
def prune_idempotency_keys() -> None:
    """Beat calls it."""
    idempotency.prune()
