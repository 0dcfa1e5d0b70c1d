"""What was read under an NPN that turned out to be another's."""

from __future__ import annotations

from django.db import transaction

from core import clock
from producers.models import Producer, SyncState
from producers.signals import facts_changed
from producers.sinks import Applied, SyncedEntity, pour
from producers.sync.facts import Scope, write_facts
from producers.sync.mapping import FACT_MODELS


def lock_sync(producer_id: int) -> None:
    """Wait for a sync that is writing. Before the producer is locked: a sync takes its locks in this order."""
    SyncState.objects.select_for_update().filter(producer_id=producer_id).first()


@transaction.atomic
def forget_facts(producer_id: int) -> None:
    """Hold nothing any more of what was read: it is somebody else's. It stays as history.

    A sync that is under way with the old NPN loses its claim, so that its answer is not written.
    """
    SyncState.objects.filter(producer_id=producer_id).update(
        report_digest="", remark="", claim=None, claimed_until=None
    )
    known_at, everything, applied = clock.now(), Scope(whole={producer_id}), Applied()
    for model in FACT_MODELS:
        applied.add(write_facts(model, everything, [], known_at=known_at, run_id=None))
    applied.add(pour([SyncedEntity(producer_id, ())], known_at=known_at, sync_run_id=None))
    if applied.producer_ids:
        facts_changed.send(sender=Producer, producer_ids=applied.producer_ids, known_at=known_at)
