"""Producers come on file and change."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict, InvalidInput
from producers.enums import SyncStatus, Tracking
from producers.models import Producer
from producers.services.validation import ProducerFields, apply_fields, refuse_duplicates
from producers.sync.forgetting import forget_facts, lock_sync
from producers.sync.runs import request_sync


@transaction.atomic
def create_producer(fields: ProducerFields, *, actor: Actor) -> Producer:
    """Put a producer on file. One that is tracked and has an NPN of the registry is synced at once."""
    producer = Producer()
    apply_fields(producer, fields)
    _save(producer, fields)
    audit.record("producer.created", actor=actor, subject=producer, changes=_difference({}, _shown(producer)))
    if producer.tracking == Tracking.ACTIVE and producer.on_registry:
        _sync(producer, actor, "New producer")
    return producer


@transaction.atomic
def update_producer(
    producer_id: int, fields: ProducerFields, *, actor: Actor, expected_version: int | None = None
) -> Producer:
    """Change a producer. With ``expected_version`` a change made meanwhile by somebody else is not overwritten.

    Another NPN is another entity of the registry: what was synced under the old one is not held any more and stays as
    history, and a sync under the new one is asked for.
    """
    if "npn" in fields:
        lock_sync(producer_id)
    producer = Producer.objects.select_for_update().get(pk=producer_id)
    refuse_stale(producer, expected_version)
    if fields.get("entity_type", producer.entity_type) != producer.entity_type:
        raise InvalidInput([{"path": "entity_type", "code": "fixed", "message": _ENTITY_TYPE_IS_FIXED}])
    before, npn_before, tracking_before = _shown(producer), producer.npn, producer.tracking
    apply_fields(producer, fields)
    changes = _difference(before, _shown(producer))
    if not changes:
        return producer
    if producer.npn != npn_before:
        _forget_sync(producer)
    producer.version += 1
    _save(producer, fields)
    audit.record("producer.updated", actor=actor, subject=producer, changes=changes)
    if producer.npn != npn_before:
        forget_facts(producer.pk)
    if _is_news_to_the_registry(producer, npn_before, tracking_before):
        _sync(producer, actor, "NPN or tracking changed")
    return producer


def _is_news_to_the_registry(producer: Producer, npn_before: str | None, tracking_before: str) -> bool:
    """Whether an edit asks for a sync: a tracked producer has another NPN, or is tracked now and was never read."""
    if producer.tracking != Tracking.ACTIVE or not producer.on_registry:
        return False
    never_read = producer.last_synced_at is None
    return producer.npn != npn_before or (tracking_before != Tracking.ACTIVE and never_read)


_ENTITY_TYPE_IS_FIXED = (
    "An individual stays an individual and an agency an agency; put the other on file as a new record."
)


def refuse_stale(record: Any, expected_version: int | None) -> None:
    """Raise Conflict when the record is not the version the caller has read."""
    if expected_version is not None and record.version != expected_version:
        raise Conflict(
            "Somebody else changed this record while you were working on it.",
            "Look at what is there now, then make your change again.",
            code="stale",
        )


def _save(producer: Producer, fields: ProducerFields) -> None:
    """Save; somebody may have taken the same NPN or SSN since it was looked up, and then that is said."""
    try:
        with transaction.atomic():
            producer.save()
    except IntegrityError:
        refuse_duplicates(producer, fields)
        raise


def _sync(producer: Producer, actor: Actor, reason: str) -> None:
    request_sync([producer.pk], actor=actor, reason=reason)
    producer.refresh_from_db(fields=("sync_status", "sync_message", "sync_status_at"))


def _forget_sync(producer: Producer) -> None:
    """A sync that waits already will read the new NPN, so its status stays."""
    if producer.sync_status != SyncStatus.QUEUED:
        producer.sync_status = SyncStatus.NOT_STARTED
        producer.sync_message = "The NPN was changed; nothing has been read under the new one yet."
        producer.sync_status_at = clock.now()
    producer.last_synced_at = producer.last_report_at = None
    producer.alert_problem = ""


def _shown(producer: Producer) -> dict[str, Any]:
    """The editable fields as the audit trail keeps them (it hides personal data by itself)."""
    values = {name: getattr(producer, name) for name in ProducerFields.__annotations__}
    return values | {name: str(values[name]) if values[name] else "" for name in ("agency", "owner")}


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    return {
        name: [before.get(name), value]
        for name, value in after.items()
        if (before.get(name) or "") != (value or "")
    }
