"""A history checker (T7): from the audit trail, the attempts and the registry's book, everything that has no reason."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from appointments.gateway import journal
from appointments.models import AttemptTransaction, SubmissionAttempt, Transaction
from appointments.transitions import TRANSACTIONS
from core.audit.models import AuditEntry
from nipr.simulator.testing import RunningSimulator

_STEPS = {(move.source, move.event, move.target) for move in TRANSACTIONS.moves}
_SENDS = ("send", "resend")


def unexplained(registry: RunningSimulator) -> list[str]:
    """Sentences about what should not have happened; empty for a history in order."""
    return [*_moves(), *_sends(registry), *_successes(registry), *_journal()]


def _trail() -> dict[int, list[AuditEntry]]:
    found: dict[int, list[AuditEntry]] = defaultdict(list)
    entries = AuditEntry.objects.filter(
        subject_type="appointments.transaction", action__startswith="transaction."
    )
    for entry in entries.order_by("pk"):
        if "status" in entry.changes:
            found[int(entry.subject_id)].append(entry)
    return found


def _moves() -> list[str]:
    """Each move is one of the table, begins where the one before ended, and the last ends where the row is."""
    trail, wrong = _trail(), []
    ends = dict(Transaction.objects.values_list("pk", "status"))
    for pk, entries in trail.items():
        for entry in entries:
            before, after = entry.changes["status"]
            if (before, entry.action.removeprefix("transaction."), after) not in _STEPS:
                wrong.append(f"{pk}: {entry.action} from {before} to {after} is no move")
        wrong += [
            f"{pk}: {one.action} ended in {one.changes['status'][1]}, {two.action} began elsewhere"
            for one, two in pairwise(entries)
            if one.changes["status"][1] != two.changes["status"][0]
        ]
        if entries[-1].changes["status"][1] != ends[pk]:
            wrong.append(f"{pk}: the row is {ends[pk]}, which no move explains")
    return wrong


def _sends(registry: RunningSimulator) -> list[str]:
    """The registry never received a transaction more often than marked attempts carried it."""
    carried: dict[int, int] = defaultdict(int)
    marked = AttemptTransaction.objects.filter(attempt__purpose__in=_SENDS, attempt__sending_at__isnull=False)
    for pk in marked.values_list("transaction_id", flat=True):
        carried[pk] += 1
    book = registry.gateway.book()["transactions"]
    return [
        f"{row.pk}: received {entry['times_received']} times, carried {carried[row.pk]} times"
        for row in Transaction.objects.select_related("batch")
        if (entry := book.get(f"{row.batch.gateway_key}/{row.gateway_key}"))
        and entry["times_received"] > carried[row.pk]
    ]


def _successes(registry: RunningSimulator) -> list[str]:
    book = registry.gateway.book()["transactions"]
    return [
        f"{row.pk}: approved here, {entry['status'] if entry else 'unknown'} there"
        for row in Transaction.objects.filter(status="approved").select_related("batch")
        for entry in [book.get(f"{row.batch.gateway_key}/{row.gateway_key}")]
        if not entry or entry["status"] != "approved"
    ]


def _journal() -> list[str]:
    """Every send that may have left stands in the journal, and none twice."""
    numbers = [entry.number for entry in journal.entries() if entry.keys]
    left = SubmissionAttempt.objects.filter(purpose__in=_SENDS).exclude(reply__isnull=True)
    missing = set(left.values_list("send_number", flat=True)) - set(numbers)
    wrong = [f"send {number} is not in the journal" for number in sorted(missing)]
    return wrong + [
        f"send {number} stands twice in it" for number in set(numbers) if numbers.count(number) > 1
    ]
