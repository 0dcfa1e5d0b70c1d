"""What follows from an upload about people: its entries stand together, and newcomers are read from the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse

from core.imports.models import ImportRun
from producers.enums import SyncStatus, Tracking
from producers.models import Producer, SyncRun
from producers.services.onboarding import came_with
from producers.services.tracking import NOT_ON_REGISTRY
from producers.sync.runs import request_sync

_AT_ONCE: Final = 10_000
_UPLOADS: Final = UUID("8f3f6a0c-3f0e-4c43-9d53-6f2f6d6c3a51")


def operation_of(run_id: int) -> UUID:
    """The operation under which everything that an upload writes stands in the audit trail."""
    return uuid5(_UPLOADS, str(run_id))


@transaction.atomic
def read_newcomers(run: ImportRun) -> int:
    """Put those whom the upload brought and nobody has read yet into one sync; how many. Again it finds nobody."""
    stored = ImportRun.objects.select_for_update().get(pk=run.pk)
    ids = _unread(sorted(came_with(operation_of(run.pk))))
    if not ids:
        return 0
    request_sync(ids, actor=stored.actor, reason=reason_of(run))
    counted = {"queued_for_sync": stored.results.get("queued_for_sync", 0) + len(ids)}
    # On the row and on the run at hand: what ends it writes the counts once more.
    stored.results |= counted
    run.results |= counted
    stored.save(update_fields=["results"])
    return len(ids)


def reason_of(run: ImportRun) -> str:
    """Why newcomers are read; by it the syncs of an upload are found again."""
    return f"New by upload {run.pk}"


def syncs_of(run: ImportRun) -> list[tuple[str, str]]:
    """The syncs that read its newcomers, with how each stands, and their addresses."""
    runs = SyncRun.objects.filter(reason=reason_of(run)).order_by("pk")
    return [
        (
            f"the sync that reads them ({sync.get_status_display().lower()})",
            reverse("producers:run", args=[sync.pk]),
        )
        for sync in runs
    ]


def _unread(producer_ids: Sequence[int]) -> list[int]:
    """Those who are tracked and of whom nothing has been asked yet, ten thousand looked up at once."""
    waiting = Producer.objects.filter(
        tracking=Tracking.ACTIVE, sync_status=SyncStatus.NOT_STARTED, last_synced_at=None
    ).exclude(NOT_ON_REGISTRY)
    blocks = (producer_ids[start : start + _AT_ONCE] for start in range(0, len(producer_ids), _AT_ONCE))
    return [pk for block in blocks for pk in waiting.filter(pk__among=block).values_list("pk", flat=True)]
