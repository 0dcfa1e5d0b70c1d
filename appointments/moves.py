"""Moving transactions, many at a time: the one way in which a status changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction as database

from appointments.enums import OPEN, RegistryShows, StatusDetail, TransactionStatus
from appointments.models import Transaction
from appointments.signals import transactions_moved
from appointments.transitions import FINAL, TRANSACTIONS
from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import DomainError
from core.state_table import HasRight, any_right

RowValues = Callable[[Transaction], Mapping[str, Any]]


@dataclass(slots=True)
class Moved:
    """What moved, and what did not with the reason why."""

    rows: list[Transaction] = field(default_factory=list)
    refused: list[tuple[Transaction, DomainError]] = field(default_factory=list)


def locked(ids: Collection[int]) -> list[Transaction]:
    """The transactions, locked until the end of the database transaction, in one order for all who ask."""
    rows = Transaction.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return list(rows)


def move_many(
    rows: Sequence[Transaction],
    event: str,
    *,
    actor: Actor,
    detail: StatusDetail = StatusDetail.NONE,
    has_right: HasRight = any_right,
    values: Mapping[str, Any] | None = None,
    row_values: RowValues | None = None,
    reason: str = "",
) -> Moved:
    """Move ``locked`` rows by one event, with further column values, the same for all or one by one.

    Call it in the database transaction that locked them. Rows that the table refuses stay as they are and come back
    with the refusal. Each move is audited; a constant number of statements, however many rows.
    """
    moved, now = Moved(), clock.now()
    before: dict[int, tuple[str, str]] = {}
    written: set[str] = set()
    for row in rows:
        try:
            move = TRANSACTIONS.move(row, event, has_right)
        except DomainError as refusal:
            moved.refused.append((row, refusal))
            continue
        before[row.pk] = row.status, row.status_detail
        changes = {"status_detail": detail.value, **(values or {}), **(row_values(row) if row_values else {})}
        _put(row, TransactionStatus(move.target), now, changes)
        written.update(changes)
        moved.rows.append(row)
    _write(moved.rows, written)
    audit.record_many(
        audit.AuditRecord(f"transaction.{event}", actor, row, _changes(row, before[row.pk]), reason)
        for row in moved.rows
    )
    announce(row.producer_id for row in moved.rows)
    return moved


def holds_its_key(row: Transaction) -> bool:
    """Whether a second request for the same thing is to be refused."""
    if row.status == TransactionStatus.APPROVED:
        return row.registry_shows == RegistryShows.NOT_YET
    return row.status in OPEN


def announce(producer_ids: Iterable[int]) -> None:
    """Tell higher rooms, once the change is committed, whose transactions changed."""
    ids = sorted(set(producer_ids))
    if ids:
        database.on_commit(lambda: transactions_moved.send(sender=Transaction, producer_ids=ids), robust=True)


def _changes(row: Transaction, before: tuple[str, str]) -> dict[str, list[str]]:
    status, detail = before
    return {"status": [status, row.status], "status_detail": [detail, row.status_detail]}


_ALWAYS = ("status", "status_detail", "is_open", "status_at", "final_at")


def _put(row: Transaction, target: TransactionStatus, now: datetime, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.status, row.status_at = target.value, now
    row.final_at = now if target in FINAL else None
    row.is_open = holds_its_key(row)


def _write(rows: Sequence[Transaction], names: Iterable[str]) -> None:
    """What is the same for all rows in one plain statement; a CASE for each row only where they differ."""
    if not rows:
        return
    same: dict[str, Any] = {}
    differing: list[str] = []
    for name in sorted({*_ALWAYS, *names}):
        first = getattr(rows[0], name)
        if all(getattr(row, name) == first for row in rows):
            same[name] = first
        else:
            differing.append(name)
    if same:
        Transaction.objects.filter(pk__in=[row.pk for row in rows]).update(**same)
    if differing:
        Transaction.objects.bulk_update(rows, differing, batch_size=200)
