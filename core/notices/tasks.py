"""Mail for notices."""

from __future__ import annotations

from celery import shared_task

from core.notices import services


@shared_task(name="core.notices.mail", ignore_result=True)
def mail() -> None:
    """Every few minutes, from beat."""
    services.mail_pending()
