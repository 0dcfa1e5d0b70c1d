"""After a run: what we believe against what the registry took, and whether our own history holds together."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.db import OperationalError, connection

from appointments.enums import StatusDetail, TransactionStatus
from appointments.models import SubmissionAttempt, Transaction
from core.audit.models import AuditEntry
from nipr.simulator.testing import RunningSimulator

ON_THE_WAY = ("queued", "submitting", "unknown", "submitted", "awaiting_validation")


def waiting(statuses: Collection[str] = ON_THE_WAY) -> int:
    """How many have not come to their end; while the database is down, as many as there could be."""
    try:
        explained = {"status": TransactionStatus.UNKNOWN, "status_detail": StatusDetail.NEEDS_PERSON}
        return Transaction.objects.filter(status__in=statuses).exclude(**explained).count()
    except OperationalError:
        connection.close()
        time.sleep(0.2)
        return 10**9


def statuses() -> dict[str, int]:
    return dict(Counter(Transaction.objects.values_list("status", flat=True)))


def problems(simulator: RunningSimulator) -> list[str]:
    """Everything that is not as it has to be, in sentences."""
    book = simulator.gateway.book()["transactions"]
    return [*_against_the_book(book), *_twice(book), *_history(), *_attempts()]


def _against_the_book(book: dict[str, dict[str, Any]]) -> Iterator[str]:
    rows = Transaction.objects.values_list("pk", "status", "batch__gateway_key", "gateway_key")
    ours = {f"{batch}/{trans}": (pk, status) for pk, status, batch, trans in rows}
    for key in book.keys() - ours.keys():
        yield f"The registry has {key}, which nobody here knows."
    for key, (pk, status) in ours.items():
        taken = book.get(key, {}).get("times_effected", 0)
        if taken != (status in {TransactionStatus.APPROVED, TransactionStatus.DECLINED}):
            yield f"GT-{pk:08d} is {status}, and the registry took it {taken} times."
        elif taken and book[key]["status"] != status:
            yield f"GT-{pk:08d} is {status}, and {book[key]['status']} at the registry."


def _twice(book: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The same thing under another key is paid for twice as well."""
    taken: Counter[tuple[str, ...]] = Counter()
    for entry in book.values():
        taken[tuple(entry[name] for name in ("npn", "state", "cocode", "loa_code", "kind"))] += entry[
            "times_effected"
        ]
    for what, times in taken.items():
        if times > 1:
            yield f"{' '.join(what)} left {times} times."


def _history() -> Iterator[str]:
    """Every status of a transaction follows from the one before it, by an entry of the trail."""
    trail: dict[str, list[tuple[str, str]]] = defaultdict(list)
    entries = AuditEntry.objects.filter(subject_type="appointments.transaction").order_by("pk")
    for subject_id, changes in entries.values_list("subject_id", "changes"):
        if "status" in changes:
            trail[subject_id].append(tuple(changes["status"]))
    for pk, status in Transaction.objects.values_list("pk", "status"):
        at = TransactionStatus.QUEUED.value
        for source, target in trail[str(pk)]:
            if source != at:
                yield f"GT-{pk:08d} went from {source} to {target} while it was {at}."
            at = target
        if at != status:
            yield f"GT-{pk:08d} is {status}, and its trail ends at {at}."


def _attempts() -> Iterator[str]:
    """Nothing left without its row: each attempt that may have left was marked before."""
    for attempt in SubmissionAttempt.objects.filter(sending_at=None, reply__isnull=False):
        yield f"Attempt {attempt.pk} was answered without having been marked as leaving."
