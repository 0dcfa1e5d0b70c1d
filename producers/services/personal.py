"""Personal data shown in full: a right of its own, a reason, and a line in the audit trail each time."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from core.access import require_right
from core.accounts.models import User
from core.actor import Actor
from core.audit import services as audit
from core.errors import InvalidInput
from producers.access import REVEAL_PERSONAL
from producers.identity import plain, ssn_with_dashes
from producers.models import Producer

SHORTEST_REASON = 5


@transaction.atomic
def reveal_ssn(producer_id: int, *, user: User, reason: str) -> str:
    """The social security number in full; blank when none is on file."""
    producer = _reveal(producer_id, "producer.ssn_revealed", user, reason)
    return ssn_with_dashes(producer.ssn)


@transaction.atomic
def reveal_birth_date(producer_id: int, *, user: User, reason: str) -> date | None:
    """The date of birth; None when none is on file."""
    birth_date: date | None = _reveal(producer_id, "producer.birth_date_revealed", user, reason).birth_date
    return birth_date


def _reveal(producer_id: int, action: str, user: User, reason: str) -> Producer:
    require_right(user, REVEAL_PERSONAL)
    reason = plain(reason)
    if len(reason) < SHORTEST_REASON:
        message = "Say why you need to see it; the reason is kept in the audit trail."
        raise InvalidInput([{"path": "reason", "code": "required", "message": message}])
    producer = Producer.objects.get(pk=producer_id)
    audit.record(action, actor=Actor.person(user), subject=producer, reason=reason)
    return producer
