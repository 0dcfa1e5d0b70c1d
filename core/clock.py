"""The product's clock. Domain code asks here for the time and the business day, so that a demo can move both."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now() + timedelta(days=_offset_days())


def today() -> date:
    """The present day where the business is (``settings.TIME_ZONE``)."""
    return timezone.localdate(now(), timezone.get_default_timezone())


def _offset_days() -> int:
    """Whole days the demo has moved the clock by; 0 when no offset file is set or written yet."""
    path = getattr(settings, "CLOCK_OFFSET_FILE", None)
    if not path:
        return 0
    try:
        return int(Path(path).read_text(encoding="ascii").strip() or "0")
    except FileNotFoundError:
        return 0
