"""Who is working on a producer: taken by a conditional update, given back at the end, lost by itself after a while."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from producers.models import SyncState

LEASE = timedelta(minutes=2)
"""Kept alive while a batch is read. The machine's clock counts it, for a lease must not jump with a demo's."""


def ensure_states(producer_ids: Collection[int]) -> None:
    """A row for each producer to claim. Nearly always they are all there."""
    known = set(SyncState.objects.filter(producer_id__in=producer_ids).values_list("producer_id", flat=True))
    states = [SyncState(producer_id=producer_id) for producer_id in sorted(set(producer_ids) - known)]
    SyncState.objects.bulk_create(states, ignore_conflicts=True)


def claim(producer_ids: Collection[int], token: UUID) -> set[int]:
    """Claim whoever is free, and say who that was. Rows that somebody is writing just now are not waited for."""
    ensure_states(producer_ids)
    now = timezone.now()
    is_free = Q(claim=token) | Q(claimed_until=None) | Q(claimed_until__lt=now)
    with transaction.atomic():
        free = (
            SyncState.objects.filter(is_free, producer_id__in=producer_ids)
            .order_by("pk")
            .select_for_update(skip_locked=True)
        )
        ids = list(free.values_list("producer_id", flat=True))
        SyncState.objects.filter(is_free, producer_id__in=ids).update(claim=token, claimed_until=now + LEASE)
    return set(
        SyncState.objects.filter(producer_id__in=ids, claim=token).values_list("producer_id", flat=True)
    )


def renew(producer_ids: Collection[int], token: UUID) -> None:
    """Keep what is still ours for another while."""
    held = SyncState.objects.filter(producer_id__in=producer_ids, claim=token)
    held.update(claimed_until=timezone.now() + LEASE)


def release(producer_ids: Collection[int], token: UUID) -> None:
    """Give back what is still ours."""
    SyncState.objects.filter(producer_id__in=producer_ids, claim=token).update(claim=None, claimed_until=None)
