"""NIPR tracking on and off, for one producer or for many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Q

from core.actor import Actor
from core.audit import services as audit
from producers.enums import Tracking
from producers.models import Producer
from producers.sync.runs import request_sync

NOT_ON_REGISTRY = Q(npn__isnull=True) | Q(dummy_npn=True)


@dataclass(frozen=True, slots=True)
class TrackingOutcome:
    """Whose tracking changed, and who cannot be tracked because the registry does not know them."""

    changed: list[Producer] = field(default_factory=list)
    refused: list[Producer] = field(default_factory=list)


@transaction.atomic
def set_tracking(producer_ids: Collection[int], tracking: Tracking, *, actor: Actor) -> TrackingOutcome:
    """Turn tracking on or off. Turning it on reads those that were never read; asking again changes nothing."""
    others = (
        Producer.objects.filter(pk__in=producer_ids)
        .exclude(tracking=tracking)
        .defer("ssn", "birth_date")
        .select_for_update()
    )
    activating = tracking == Tracking.ACTIVE
    outcome = TrackingOutcome(
        changed=list(others.exclude(NOT_ON_REGISTRY) if activating else others),
        refused=list(others.filter(NOT_ON_REGISTRY)) if activating else [],
    )
    ids = [producer.pk for producer in outcome.changed]
    Producer.objects.filter(pk__in=ids).update(tracking=tracking, version=F("version") + 1)
    audit.record_many(
        audit.AuditRecord(
            "producer.tracking_changed", actor, producer, {"tracking": [producer.tracking, tracking]}
        )
        for producer in outcome.changed
    )
    unread = [producer.pk for producer in outcome.changed if producer.last_synced_at is None]
    if activating and unread:
        request_sync(unread, actor=actor, reason="Tracking turned on")
    return outcome
