"""Buying a report of those whose transactions were approved, so that the registry's word is on file the same day."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, Q

from appointments.enums import RegistryShows, TransactionStatus
from appointments.gateway import settings as gateway_settings
from appointments.models import Transaction
from core.actor import Actor
from producers.sync.runs import request_sync

_ACTOR = Actor.task("Gateway")
_REASON = "Transactions were approved"
_ON_THE_WAY = (TransactionStatus.QUEUED, TransactionStatus.SUBMITTING)


def on_transactions_moved(sender: object, producer_ids: Collection[int], **_more: Any) -> None:
    """For the signal ``appointments.signals.transactions_moved``, which comes after commit."""
    after_approval(producer_ids)


def after_approval(producer_ids: Collection[int]) -> int:
    """Ask for one report of each that has an approval which no full report has seen yet, when the setting says so.

    Whoever has more on the way is asked about when that is answered, and who waits in a sync is not bought twice; so
    it may be called after every move. How many were asked for.
    """
    if not gateway_settings.current().sync_after_approval:
        return 0
    ids = _unseen(producer_ids)
    if ids:
        request_sync(ids, actor=_ACTOR, reason=_REASON)
    return len(ids)


def _unseen(producer_ids: Collection[int]) -> list[int]:
    """Producers known to the registry with an approval newer than their last full report, and nothing on the way."""
    not_seen = Q(producer__last_report_at=None) | Q(producer__last_report_at__lt=F("final_at"))
    approved = Transaction.objects.filter(
        not_seen,
        producer__in=producer_ids,
        producer__npn__isnull=False,
        producer__dummy_npn=False,
        status=TransactionStatus.APPROVED,
        registry_shows=RegistryShows.NOT_YET,
    )
    on_the_way = Transaction.objects.filter(producer__in=producer_ids, status__in=_ON_THE_WAY)
    waiting = approved.exclude(producer__in=on_the_way.values("producer"))
    return sorted(set(waiting.order_by().values_list("producer_id", flat=True)))
