"""The Changes inbox is worked off."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.actor import Actor
from core.audit import services as audit
from producers.models import Change


@transaction.atomic
def acknowledge_changes(changes: QuerySet[Change], *, actor: Actor) -> int:
    """Mark the changes as seen, with one statement; those seen already keep who saw them first."""
    unseen = Change.objects.filter(pk__in=changes.order_by().values("pk"), acknowledged_at__isnull=True)
    count = unseen.update(acknowledged_at=clock.now(), acknowledged_by_id=actor.user_id)
    if count:
        audit.record(
            "changes.acknowledged", actor=actor, subject=None, changes={"unacknowledged": [count, 0]}
        )
    return count
