"""Refresh: read the registry if its copy is older than today, then work out what follows."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from core import clock
from core.actor import Actor
from core.errors import Conflict
from producers.models import Producer
from producers.signals import refresh_asked
from producers.sync.runs import request_sync


def read_today(producer: Producer) -> bool:
    """Whether the registry's facts on file are today's, so that reading them again would be money for nothing."""
    read = producer.last_synced_at
    return read is not None and timezone.localdate(read, timezone.get_default_timezone()) >= clock.today()


@transaction.atomic
def refresh_producer(producer_id: int, *, actor: Actor) -> bool:
    """Refresh one producer; True when a (paid) report is being read first, False when today's facts were used."""
    producer = Producer.objects.defer("ssn", "birth_date").get(pk=producer_id)
    require_on_registry(producer)
    if read_today(producer):
        refresh_asked.send(Producer, producer_ids={producer.pk}, actor=actor)
        return False
    request_sync([producer.pk], actor=actor, reason="Refresh")
    return True


def require_on_registry(producer: Producer) -> None:
    """Raise Conflict when there is nothing to ask the registry about."""
    if not producer.on_registry:
        raise Conflict(
            f"{producer.display_name} has no NPN that the registry knows.", "Add its NPN under Edit first."
        )
