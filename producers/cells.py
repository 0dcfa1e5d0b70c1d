"""What the cells of this room's lists say."""

from __future__ import annotations

from django.urls import reverse

from core.lists.cells import Badge, Link, Tone
from producers.enums import SYNCED, ChangeEffect, SyncRunStatus, Tracking
from producers.filters import FAILED
from producers.models import Change, Producer, SyncRun
from producers.wording import NOTHING, field_words, value_words

EFFECT_TONES: dict[str, Tone] = {
    ChangeEffect.ADDED: "success",
    ChangeEffect.CHANGED: "info",
    ChangeEffect.REMOVED: "warning",
    ChangeEffect.RESTORED: "success",
}
STANDINGS: dict[str, Badge] = {
    "in_force": Badge("In force", "success"),
    "expiring": Badge("Expiring", "warning"),
    "expired": Badge("Expired", "danger"),
    "inactive": Badge("Inactive", "danger"),
    "removed": Badge("No longer at the registry", "neutral"),
}


def page_url(producer: Producer) -> str:
    return reverse("producers:page", args=[producer.pk])


def producer_link(producer: Producer | None) -> Link | None:
    return Link(producer.display_name, page_url(producer)) if producer else None


def sync_badge(producer: Producer) -> Badge:
    tone: Tone = "neutral"
    if producer.sync_status in SYNCED:
        tone = "success"
    elif producer.sync_status in FAILED:
        tone = "danger"
    return Badge(producer.get_sync_status_display(), tone)


def tracking_badge(producer: Producer) -> Badge:
    return Badge(
        producer.get_tracking_display(), "info" if producer.tracking == Tracking.ACTIVE else "neutral"
    )


def difference(change: Change) -> str:
    """From and to in one line, for the list and its exports; of what is new, only what it is."""
    values = [
        (field_words(name), value_words(old), value_words(new)) for name, (old, new) in change.fields.items()
    ]
    if change.effect == ChangeEffect.ADDED:
        return "; ".join(f"{name} {new}" for name, _old, new in values if new != NOTHING)
    return "; ".join(f"{name}: {old} → {new}" for name, old, new in values)


def acknowledgement(change: Change) -> str | Badge:
    if change.acknowledged_at is None:
        return Badge("New", "info")
    return str(change.acknowledged_by) if change.acknowledged_by else "Yes"


RUN_TONES: dict[str, Tone] = {
    SyncRunStatus.RUNNING: "info",
    SyncRunStatus.DONE: "success",
    SyncRunStatus.INCOMPLETE: "warning",
    SyncRunStatus.STOPPED: "danger",
    SyncRunStatus.FAILED: "danger",
}


def run_badge(run: SyncRun) -> Badge:
    return Badge(run.get_status_display().partition(":")[0], RUN_TONES[run.status])
