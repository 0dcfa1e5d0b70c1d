"""What became of what has no answer yet: nobody else moves what is unknown.

Unknown ones are asked about by key on a schedule, and sent again at most once by itself: only where the registry says,
after the settle time, that it has nothing, while no sender lives that might still send it. Those with the state are
asked about until they are final. Where asking is not possible, or not wanted without a person, a person decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from appointments import moves
from appointments.enums import AT_REGISTRY, StatusDetail, TransactionStatus
from appointments.gateway import asking, far_side, fence, journal, locks, settings, state
from appointments.gateway.sweep import sweep
from appointments.models import AttemptTransaction, GatewaySettings, Transaction
from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict
from nipr.client import RegistryClient
from nipr.wire.gateway import AnswerKind

__all__ = ["ask_now", "run", "sweep"]

DAY = timedelta(days=1)
UNKNOWN_AGAIN = (
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    *(DAY,) * 7,
)
"""After the first check, a minute after it was lost. When they are used up, a person decides."""
AT_STATE_AGAIN = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    *(timedelta(hours=1),) * 24,
    timedelta(hours=6),
)
"""Between checks of what is with the state; the last holds on."""
WAITING = (TransactionStatus.SUBMITTED, TransactionStatus.AWAITING_VALIDATION)
WHILE_A_PERSON_WAITS = timedelta(seconds=15)
MOST_DOCUMENTS = 20
"""In one run; what is left is due in the next."""


def run() -> int:
    """Every few seconds: sweep, then ask about what is due; how many were asked about."""
    if not fence.check():
        return 0
    sweep()
    given = settings.current()
    automatic = settings.unknowns_are_automatic(given) and given.polling
    if not automatic:
        _leave_to_people(_due(TransactionStatus.UNKNOWN))
    if not given.polling or not _due(TransactionStatus.UNKNOWN, *WAITING).exists():
        return 0
    asked = 0
    with far_side.registry() as client:
        for _ in range(MOST_DOCUMENTS):
            rows = _take_due()
            if not rows or not _ask(client, rows, given):
                break
            asked += len(rows)
    return asked


def ask_now(ids: Collection[int], actor: Actor) -> int:
    """Ask about these now, because a person wants to know; how many were asked about. Conflict when it cannot be."""
    given = settings.current()
    if not fence.check():
        if not fence.is_up():
            why = "The send journal cannot be read or written: nothing goes to NIPR."
            raise Conflict(why, "See the gateway's page.", code="no_journal")
        raise Conflict(
            "The database was restored: nothing is asked until it is compared.", "See the gateway's page."
        )
    if not given.polling:
        fix = "Look the transaction up with NIPR and say what became of it."
        raise Conflict("NIPR answers no questions about transactions: polling is off.", fix)
    asked = 0
    with far_side.registry() as client:
        for rows in _take_chosen(ids, actor):
            if not _ask(client, rows, given, WHILE_A_PERSON_WAITS):
                fix = "It is asked again by itself; or try again later."
                raise Conflict("NIPR did not answer just now.", fix, code="no_answer")
            asked += len(rows)
    return asked


# Choosing


def _due(*statuses: TransactionStatus) -> QuerySet[Transaction]:
    due = Transaction.objects.filter(status__in=statuses, check_after__lte=clock.now())
    return due.order_by("check_after", "pk")


def _take_due() -> list[Transaction]:
    """Those due next, with their next time set already, so that a process that dies here leaves nobody forgotten."""
    with transaction.atomic():
        ids = list(_due(TransactionStatus.UNKNOWN, *WAITING).values_list("pk", flat=True)[: asking.AT_ONCE])
        now = clock.now()
        rows = [row for row in moves.locked(ids) if row.check_after and row.check_after <= now]
        used_up = [row for row in rows if _next_check(row, now) is None]
        _needs_person(used_up)
        rows = [row for row in rows if row not in used_up]
        _schedule(rows, now)
    return rows


def _take_chosen(ids: Collection[int], actor: Actor) -> Iterable[list[Transaction]]:
    chosen = sorted(ids)
    for start in range(0, len(chosen), asking.AT_ONCE):
        with transaction.atomic():
            rows = moves.locked(chosen[start : start + asking.AT_ONCE])
            rows = [
                row
                for row in rows
                if row.status in AT_REGISTRY and row.status != TransactionStatus.SUBMITTING
            ]
            audit.record_many(audit.AuditRecord("transaction.asked_about", actor, row) for row in rows)
        if rows:
            yield rows


def _next_check(row: Transaction, now: datetime) -> datetime | None:
    """None when the schedule of an unknown one is used up."""
    if row.status != TransactionStatus.UNKNOWN:
        wait = AT_STATE_AGAIN[min(row.checks, len(AT_STATE_AGAIN) - 1)]
        frozen = row.frozen_until is not None and row.frozen_until > clock.today()
        return now + (DAY if frozen else wait)
    if row.checks > len(UNKNOWN_AGAIN):
        return None
    return now + (*UNKNOWN_AGAIN, UNKNOWN_AGAIN[0])[row.checks]


def _schedule(rows: Sequence[Transaction], now: datetime) -> None:
    for row in rows:
        row.check_after = _next_check(row, now)
        row.checks += 1
    if rows:
        Transaction.objects.bulk_update(rows, ["check_after", "checks"])


# Asking


def _ask(
    client: RegistryClient,
    rows: Sequence[Transaction],
    given: GatewaySettings,
    within: timedelta = asking.LONGEST,
) -> bool:
    """Whether the registry answered. What it says it does not have is sent again where that is allowed."""
    asked_at = clock.now()
    applied = asking.ask(client, _keys(rows), [row.pk for row in rows], given, within=within)
    if applied is None:
        return False
    absent = [pk for pk, verdict in applied.verdicts.items() if verdict is AnswerKind.NOT_RECEIVED]
    if absent and settings.unknowns_are_automatic(given):
        send_absent_again(absent, asked_at, given)
    return True


def _keys(rows: Sequence[Transaction]) -> list[journal.SentKey]:
    """One query. Of one without a document no byte was ever written; it is asked about all the same."""
    found = Transaction.objects.filter(pk__in=[row.pk for row in rows]).values_list(
        "pk", "batch__gateway_key", "document__created_at"
    )
    by_row = {pk: (batch, stamp) for pk, batch, stamp in found}
    return [
        journal.SentKey(batch, row.gateway_key, row.kind, row.state, stamp or row.created_at)
        for row in rows
        for batch, stamp in [by_row[row.pk]]
    ]


# Sending again


def send_absent_again(ids: Collection[int], asked_at: datetime, given: GatewaySettings) -> int:
    """Queue those again that the registry surely does not have; how many.

    Its word counts only if it was asked after the settle time, counted from when the last sender surely did nothing
    more. Until then they are asked about again as soon as it is over.
    """
    settle = timedelta(seconds=given.settle_seconds)
    with transaction.atomic():
        rows = [
            row for row in moves.locked(ids) if row.status == TransactionStatus.UNKNOWN and not row.resends
        ]
        ends = last_ends(rows)
        known = [row for row in rows if ends[row.pk] is not None]
        again = [row for row in known if asked_at - (ends[row.pk] or asked_at) >= settle]
        moves.move_many(
            again,
            "send_again",
            actor=state.GATEWAY,
            detail=StatusDetail.TRY_AGAIN,
            values={"send_after": clock.now(), "unknown_since": None, "checks": 0, "check_after": None},
            row_values=lambda row: {"resends": row.resends + 1},
        )
        _look_when_settled([row for row in known if row not in again], ends, settle)
    return len(again)


def last_ends(rows: Collection[Transaction]) -> dict[int, datetime | None]:
    """From when on no sender could send it any more, by transaction; None while one lives, or may. Two queries at most.

    A sender cut off from the database may still be at it within its lease, so that the end is no earlier than that.
    """
    carried = AttemptTransaction.objects.filter(transaction__in=rows, attempt__purpose__in=state.SENDS)
    found = list(
        carried.values_list("transaction_id", "attempt_id", "attempt__ended_at", "attempt__lease_until")
    )
    alive = locks.held_among({attempt for _, attempt, _, _ in found})
    ends: dict[int, datetime | None] = {row.pk: row.unknown_since for row in rows}
    for pk, attempt, ended_at, lease_until in found:
        before = ends[pk]
        if ended_at is None or attempt in alive or before is None:
            ends[pk] = None
        else:
            ends[pk] = max(before, ended_at, lease_until)
    return ends


def _look_when_settled(
    rows: Sequence[Transaction], ends: dict[int, datetime | None], settle: timedelta
) -> None:
    for row in rows:
        end = ends[row.pk]
        if end is not None and row.check_after is not None:
            row.check_after = min(row.check_after, end + settle + timedelta(seconds=1))
    if rows:
        Transaction.objects.bulk_update(rows, ["check_after"])


# People


def _leave_to_people(due: QuerySet[Transaction]) -> None:
    with transaction.atomic():
        ids = list(due.values_list("pk", flat=True)[:500])
        _needs_person([row for row in moves.locked(ids) if row.status == TransactionStatus.UNKNOWN])


def _needs_person(rows: Sequence[Transaction]) -> None:
    """No move: it stays unknown, but nobody asks any more."""
    before = {row.pk: row.status_detail for row in rows}
    for row in rows:
        row.status_detail, row.check_after = StatusDetail.NEEDS_PERSON.value, None
    if rows:
        Transaction.objects.bulk_update(rows, ["status_detail", "check_after"])
    audit.record_many(
        audit.AuditRecord(
            "transaction.needs_person",
            state.GATEWAY,
            row,
            {"status_detail": [before[row.pk], row.status_detail]},
        )
        for row in rows
    )
