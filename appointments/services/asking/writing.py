"""Writing drafts: numbers, batches, keys, rows. Everything that becomes a transaction passes here."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError
from django.db import transaction as database

from appointments.models import BulkRequest, Transaction, TransactionBatch, TransactionNumber
from appointments.moves import announce, holds_its_key
from appointments.services.asking.drafts import Draft
from appointments.services.asking.entries import StoredDecisions
from appointments.transitions import FINAL
from core import clock
from core.actor import Actor
from core.bulk import insert_many
from core.errors import Conflict

T = TypeVar("T")
TRANSACTIONS, BATCHES = "GT", "TB"
TRIES = 5
"""Each try after the first sees what somebody else has committed since; more than one is hardly ever needed."""


def until_unique(judge_and_write: Callable[[], T]) -> T:
    """Do it, and when somebody else's open transaction was faster do it anew: then the rules see that one.

    The unique index over open transactions decides. Judge inside, so that what was second is judged as such.
    """
    for _ in range(TRIES):
        try:
            with database.atomic():
                return judge_and_write()
        except IntegrityError as problem:
            latest = problem
    raise Conflict(
        "Somebody else is asking for the same right now.", "Look at what was asked for, then try again."
    ) from latest


def write(drafts: Sequence[Draft], *, bulk: BulkRequest | None, actor: Actor) -> list[Transaction]:
    """Write drafts as transactions, one batch for each producer, state and company among them.

    Call it in a database transaction; IntegrityError when one of them is open already. A constant number of
    statements. Those that share a batch have to come together.
    """
    if not drafts:
        return []
    now = clock.now()
    places = dict.fromkeys(draft.place for draft in drafts)
    first, first_batch = take_numbers(len(drafts), len(places))
    first_of_place = {place: first_batch + position for position, place in enumerate(places)}
    insert_many(_batches(drafts, first_of_place, bulk, actor, now))
    shared = _shared(bulk, actor, now)
    stored = StoredDecisions()
    rows = [
        _row(draft, first + position, first_of_place[draft.place], stored(draft.decisions), shared)
        for position, draft in enumerate(drafts)
    ]
    insert_many(rows)
    announce(draft.producer_id for draft in drafts)
    return rows


def take_numbers(transactions: int, batches: int) -> tuple[int, int]:
    """The first of so many fresh numbers of each kind. They are taken until the database transaction ends."""
    wanted = {TRANSACTIONS: transactions, BATCHES: batches}
    counters = _locked_counters()
    if len(counters) < len(wanted):
        TransactionNumber.objects.bulk_create(map(TransactionNumber, wanted), ignore_conflicts=True)
        counters = _locked_counters()
    first = {kind: counter.last + 1 for kind, counter in counters.items()}
    for kind, counter in counters.items():
        counter.last += wanted[kind]
    TransactionNumber.objects.bulk_update(counters.values(), ["last"])
    return first[TRANSACTIONS], first[BATCHES]


def gateway_key() -> str:
    """Twenty letters and digits at random: a hundred bits, which come again never, a restore or not."""
    return base64.b32encode(os.urandom(13))[:20].decode()


def _locked_counters() -> dict[str, TransactionNumber]:
    rows = TransactionNumber.objects.filter(kind__in=(TRANSACTIONS, BATCHES)).order_by("kind")
    return {row.kind: row for row in rows.select_for_update()}


def _batches(
    drafts: Sequence[Draft],
    numbers: dict[tuple[int, str, str], int],
    bulk: BulkRequest | None,
    actor: Actor,
    now: datetime,
) -> list[TransactionBatch]:
    first: dict[tuple[int, str, str], Draft] = {}
    for draft in drafts:
        first.setdefault(draft.place, draft)
    return [
        TransactionBatch(
            id=numbers[place],
            producer_id=draft.producer_id,
            state=draft.state,
            company_id=draft.company_id,
            bulk_request=bulk,
            gateway_key=gateway_key(),
            asked_by_label=actor.label[:200],
            created_at=now,
        )
        for place, draft in first.items()
    ]


def _shared(bulk: BulkRequest | None, actor: Actor, now: datetime) -> dict[str, Any]:
    """The columns that all rows written together share."""
    return {
        "bulk_request": bulk,
        "prepared_by_kind": actor.kind.value,
        "prepared_by_user_id": actor.user_id,
        "prepared_by_client_id": actor.client_id[:100],
        "prepared_by_label": actor.label[:200],
        "created_at": now,
        "status_at": now,
    }


def _row(
    draft: Draft, number: int, batch: int, decisions: list[dict[str, Any]], shared: dict[str, Any]
) -> Transaction:
    row = Transaction(
        **shared,
        **_asked(draft),
        id=number,
        batch_id=batch,
        gateway_key=gateway_key(),
        status=draft.status.value,
        status_detail=draft.status_detail.value,
        eligibility_reason=draft.reason_code,
        eligibility_text=draft.reason_text[:300],
        decisions=decisions,
        just_in_time=draft.just_in_time,
        state_fee_cents=draft.state_fee_cents,
        nipr_fee_cents=draft.nipr_fee_cents,
        final_at=shared["created_at"] if draft.status in FINAL else None,
    )
    row.is_open = holds_its_key(row)
    return row


def _asked(draft: Draft) -> dict[str, Any]:
    """The columns that say what is asked for."""
    return {
        "kind": draft.kind.value,
        "request_index": draft.index,
        "external_id": draft.external_id,
        "producer_id": draft.producer_id,
        "npn": draft.npn,
        "entity_type": draft.entity_type,
        "state": draft.state,
        "company_id": draft.company_id,
        "cocode": draft.cocode,
        "loa_code": draft.loa_code,
        "loa": draft.loa[:200],
        "loa_category": draft.loa_category,
        "county_code": draft.county_code,
        "agent_type": draft.agent_type,
        "license_number": draft.license_number,
        "license_class_code": draft.license_class_code,
        "residency": draft.residency,
        "effective_date": draft.effective_date,
        "reason": draft.termination_reason,
        "for_cause": draft.for_cause,
        "application": draft.application,
    }
