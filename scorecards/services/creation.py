"""A scorecard is made when a producer has a synced NPN and an assignment."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F, Q

from core import clock
from producers.models import ProducerAssignment
from scorecards.models import Scorecard, ScorecardNumber

SYNCED = Q(producer__npn__isnull=False, producer__last_synced_at__isnull=False)


def ensure_scorecards(producer_ids: Collection[int] | None = None, *, synced: bool = False) -> int:
    """Make the scorecards that are missing, of these producers or of all. Returns how many.

    ``synced`` says that these producers are being synced right now, in this transaction.
    """
    missing = ProducerAssignment.objects.filter(ended_at=None, scorecard=None)
    if producer_ids is not None:
        missing = missing.filter(producer__pk__among=producer_ids)
    missing = missing.filter(Q(producer__npn__isnull=False) if synced else SYNCED)
    if not missing.exists():
        return 0
    with transaction.atomic():
        return _make(missing.order_by("pk").values_list("pk", "producer_id"))


def _make(missing: Collection[tuple[int, int]]) -> int:
    """The counter is locked first and the rows are read after: of two makers the second finds none missing."""
    ScorecardNumber.objects.get_or_create(pk=1)
    ScorecardNumber.objects.select_for_update().get(pk=1)
    rows = list(missing)
    if not rows:
        return 0
    ScorecardNumber.objects.filter(pk=1).update(last=F("last") + len(rows))
    first = ScorecardNumber.objects.get(pk=1).last - len(rows) + 1
    now = clock.now()
    Scorecard.objects.bulk_create(
        Scorecard(assignment_id=pk, producer_id=producer_id, number=f"SCORE-{number:04d}", stale_since=now)
        for number, (pk, producer_id) in enumerate(rows, start=first)
    )
    return len(rows)
