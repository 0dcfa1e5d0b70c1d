"""After a restore nothing leaves until it is known what was sent since the backup.

The database keeps an epoch and a number of sends, the journal outside of it keeps the same for each send before it
leaves. A database that is behind its journal, or of another epoch, was restored: all that might leave, or may have left
since, becomes unknown, and nothing leaves, no mail either. ``reconcile`` asks the registry about every send that
the journal knows and the database does not; a person then releases the fence, which begins a new epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID, uuid4

from django.db import transaction

from appointments import moves
from appointments.enums import AttemptOutcome, StatusDetail, TransactionStatus
from appointments.gateway import asking, far_side, journal, replies, settings, state
from appointments.models import (
    AttemptTransaction,
    FencedSend,
    GatewayState,
    SubmissionAttempt,
    Transaction,
)
from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict
from nipr.client import RegistryClient

CHUNK = 500
T = TypeVar("T")


def is_up() -> bool:
    """Whether the fence stands: nothing may leave, no mail either. One query."""
    return GatewayState.objects.filter(pk=1, fenced_since__isnull=False).exists()


def check() -> bool:
    """Compare the database with the send journal; whether sending is allowed. Puts the fence up when it is not.

    A journal that cannot be reached pauses the gateway: without it nothing leaves.
    """
    try:
        return _compare()
    except OSError as problem:
        _pause(problem)
        return False


def _compare() -> bool:
    """The journal is read first: what it knew then, the database must know now.

    Where they seem to disagree they are compared again while nobody can claim.
    """
    mark = journal.mark()
    gateway = state.current()
    if gateway.fenced_since is None and _disagreement(gateway, mark) == "":
        journal.renew()
        return True
    with transaction.atomic():
        gateway = state.locked()
        if gateway.fenced_since is None:
            mark = journal.mark()
            if _is_new(gateway, mark):
                _begin_epoch(gateway)
                return True
            why = _disagreement(gateway, mark)
            if not why:
                return True
            _put_up(gateway, why)
            _note_sends(gateway)
    _fence_rows()
    return False


def _pause(problem: OSError) -> None:
    """Until a person has mended it; said once, however often it is found."""
    gateway = state.current()
    if gateway.paused_since is None or gateway.paused_until is not None:
        state.pause(f"{_unreachable(problem)} Mend it, then resume.", state.GATEWAY)


def _unreachable(problem: OSError) -> str:
    why = problem.strerror or type(problem).__name__
    return f"The send journal (SEND_JOURNAL_DIR) cannot be read or written: {why}."


@contextmanager
def _journal_needed() -> Iterator[None]:
    """What a person asks for without it is refused in words."""
    try:
        yield
    except OSError as problem:
        raise Conflict(_unreachable(problem), "Mend it, then try again.", code="no_journal") from problem


def _disagreement(gateway: GatewayState, mark: journal.Mark | None) -> str:
    """Empty, or what shows that the database was restored."""
    if mark is None and journal.exists():
        return "The send journal cannot be read. Put the key that it was written with back into FIELD_KEYS."
    if mark is None:
        return "The send journal is gone. Put it back, or find out what was sent since the last backup."
    if gateway.epoch != mark.epoch:
        return "The database is of another time than the send journal: it was restored, or is another one."
    if gateway.sends < mark.number:
        return f"The journal knows {mark.number} sends, the database {gateway.sends}: it was restored."
    return ""


def _is_new(gateway: GatewayState, mark: journal.Mark | None) -> bool:
    """Nothing has ever been sent: there is nothing to compare."""
    return gateway.sends == 0 and not (mark.sent if mark else journal.exists())


def _begin_epoch(gateway: GatewayState) -> None:
    """Call it with the state locked: whoever compares without the lock looks again with it."""
    gateway.epoch = uuid4()
    journal.append(journal.Entry(gateway.epoch, gateway.sends, clock.now()))
    gateway.save(update_fields=["epoch"])


def _put_up(gateway: GatewayState, why: str) -> None:
    gateway.fenced_since, gateway.fenced_why = clock.now(), why[:300]
    gateway.save(update_fields=["fenced_since", "fenced_why"])
    audit.record("gateway.fenced", actor=state.GATEWAY, subject=gateway, reason=why)


def _fence_rows() -> None:
    """Everything that might leave becomes unknown. Run again it does what is left."""
    movable = (TransactionStatus.QUEUED, TransactionStatus.SUBMITTING)
    while True:
        with transaction.atomic():
            if state.locked().fenced_since is None:
                return
            _stop_senders()
            ids = list(Transaction.objects.filter(status__in=movable).values_list("pk", flat=True)[:CHUNK])
            if not ids:
                return
            moves.move_many(
                [row for row in moves.locked(ids) if row.status in movable],
                "fence",
                actor=state.GATEWAY,
                detail=StatusDetail.FENCED,
                values={"unknown_since": clock.now(), "checks": 0, "check_after": None},
            )


def _stop_senders() -> None:
    """A claim that has not passed its point of no return cannot pass it any more."""
    before_it = SubmissionAttempt.objects.filter(outcome=AttemptOutcome.OPEN, sending_at=None)
    before_it.update(outcome=AttemptOutcome.NOT_SENT, ended_at=clock.now(), note="The database was restored.")


# What was sent since the backup


def _note_sends(gateway: GatewayState) -> None:
    """One row for each key that left after the database's own mark. Those of an earlier restore are forgotten."""
    FencedSend.objects.all().delete()
    new = {key.trans: (entry, key) for entry in _sent_since(gateway) for key in entry.keys}
    for chunk in _chunks(sorted(new)):
        found = dict(Transaction.objects.filter(gateway_key__in=chunk).values_list("gateway_key", "pk"))
        FencedSend.objects.bulk_create(
            FencedSend(
                gateway_batch=new[trans][1].batch,
                gateway_key=trans,
                sent_at=new[trans][0].at,
                transaction_id=found.get(trans),
            )
            for trans in chunk
        )


def _sent_since(gateway: GatewayState) -> list[journal.Entry]:
    """What the journal holds after the database's mark: later numbers of its epoch, and every later epoch."""
    entries = journal.entries()
    order: list[UUID] = list(dict.fromkeys(entry.epoch for entry in entries))
    ours = order.index(gateway.epoch) if gateway.epoch in order else -1
    place = {epoch: number for number, epoch in enumerate(order)}
    return [
        entry
        for entry in entries
        if entry.keys
        and (place[entry.epoch] > ours or (place[entry.epoch] == ours and entry.number > gateway.sends))
    ]


@_journal_needed()
def reconcile(actor: Actor) -> int:
    """Ask NIPR about every send that the database does not know, and take over the answers; how many were answered."""
    if not is_up():
        raise Conflict("There is nothing to compare: the fence is down.", "Nothing to do.")
    given = settings.current()
    if not given.polling:
        fix = "Look up each of the sends listed here with NIPR, then release."
        raise Conflict("NIPR answers no questions about transactions: polling is off.", fix)
    check()
    audit.record("gateway.compared", actor=actor, subject=state.current())
    keys = {key.trans: key for entry in journal.entries() for key in entry.keys}
    waiting = [
        send
        for send in FencedSend.objects.filter(answer="").order_by("sent_at", "pk")
        if send.gateway_key in keys
    ]
    with far_side.registry() as client:
        return sum(
            _ask(client, [(send, keys[send.gateway_key]) for send in chunk])
            for chunk in _chunks(waiting, asking.AT_ONCE)
        )


def _ask(client: RegistryClient, sends: Sequence[tuple[FencedSend, journal.SentKey]]) -> int:
    """Those that have a transaction here are moved by their answer; of the others it is noted."""
    about = [send.transaction_id for send, _ in sends if send.transaction_id]
    applied = asking.ask(client, [key for _, key in sends], about, settings.current())
    if applied is None:
        return 0
    now = clock.now()
    answered = []
    for send, key in sends:
        if answer := applied.answers.get((key.batch, key.trans)):
            send.answer = f"{answer.verdict.value}: {answer.message}"[:300]
            send.nipr_trans, send.asked_at = answer.nipr_trans[:40], now
            answered.append(send)
    FencedSend.objects.bulk_update(answered, ["answer", "nipr_trans", "asked_at"])
    return len(answered)


# Taking it down


@_journal_needed()
def release(actor: Actor, reason: str = "") -> GatewayState:
    """Take the fence down under a new epoch. Ask for the right ``access.APPROVE`` at the caller.

    What was queued and of which the journal knows no send is queued again; the rest stays unknown and is asked about
    like every other. Conflict while sends have not been asked about that can be.
    """
    check()
    with transaction.atomic():
        gateway = state.locked()
        if gateway.fenced_since is None:
            raise Conflict("The fence is down already.", "Nothing to do.")
        unasked = FencedSend.objects.filter(answer="").count()
        if unasked and settings.current().polling:
            raise Conflict(f"{unasked} sends have not been compared yet.", "Compare with NIPR first.")
        why = gateway.fenced_why
        mark = journal.mark()
        _let_rows_go(journal_is_whole=mark is not None)
        gateway.sends = max(gateway.sends, mark.number if mark else 0)
        _begin_epoch(gateway)
        gateway.fenced_since, gateway.fenced_why = None, ""
        gateway.save(update_fields=["sends", "fenced_since", "fenced_why"])
        audit.record(
            "gateway.released", actor=actor, subject=gateway, changes={"fenced_why": [why, ""]}, reason=reason
        )
    return gateway


def _let_rows_go(*, journal_is_whole: bool) -> None:
    """What surely never left is queued again; the rest is asked about like every other unknown one."""
    fenced = Transaction.objects.filter(
        status=TransactionStatus.UNKNOWN, status_detail=StatusDetail.FENCED
    ).order_by("pk")
    ids = list(fenced.values_list("pk", flat=True))
    for chunk in _chunks(ids):
        rows = moves.locked(chunk)
        gone = _may_have_left(rows) if journal_is_whole else {row.pk for row in rows}
        moves.move_many(
            [row for row in rows if row.pk not in gone],
            "send_again",
            actor=state.GATEWAY,
            detail=StatusDetail.TRY_AGAIN,
            values={"unknown_since": None, "send_after": clock.now(), "attempt": None},
        )
        Transaction.objects.filter(pk__in=gone).update(
            status_detail=StatusDetail.NO_ANSWER, check_after=clock.now() + replies.FIRST_CHECK
        )


def _may_have_left(rows: Sequence[Transaction]) -> set[int]:
    """Two queries: those of which the journal knows a send since the backup, or the backup one before it."""
    ids = [row.pk for row in rows]
    journaled = FencedSend.objects.filter(transaction__in=ids).values_list("transaction_id", flat=True)
    sent = AttemptTransaction.objects.filter(transaction__in=ids, attempt__purpose__in=state.SENDS)
    left = sent.exclude(attempt__outcome=AttemptOutcome.NOT_SENT).values_list("transaction_id", flat=True)
    return {pk for pk in (*journaled, *left) if pk is not None}


def _chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
