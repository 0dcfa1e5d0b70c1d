"""Producers that come on file by their NPN alone; the registry fills in the rest."""

from __future__ import annotations

from django.db import transaction

from core.actor import Actor
from core.audit import services as audit
from producers.enums import SyncStatus
from producers.models import Producer


@transaction.atomic
def put_on_file(npn: str, *, actor: Actor) -> tuple[Producer, bool]:
    """The producer with that NPN, and whether it is new. It is tracked from now on."""
    producer, is_new = Producer.objects.defer("ssn", "birth_date").get_or_create(npn=npn)
    if is_new:
        audit.record("producer.created", actor=actor, subject=producer, changes={"npn": ["", npn]})
    return producer, is_new


@transaction.atomic
def take_off_file(producer: Producer, *, actor: Actor) -> bool:
    """Remove a new producer again whose NPN turned out to be nobody's; any other stays."""
    left = Producer.objects.filter(pk=producer.pk, sync_status=SyncStatus.INVALID_NPN, last_report_at=None)
    if not left.exists():
        return False
    audit.record(
        "producer.removed", actor=actor, subject=producer, reason="The registry does not know the NPN."
    )
    left.delete()
    return True
