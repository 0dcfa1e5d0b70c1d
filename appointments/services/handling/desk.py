"""What costs nothing: closing, taking back, holding, making ready again, the day of first business."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError
from django.db import transaction as database

from appointments import access
from appointments.enums import StatusDetail, TransactionKind, TransactionStatus
from appointments.models import Transaction, TransactionDocument, transaction_number
from appointments.services.handling.results import Handled, Ids
from appointments.services.handling.sheet import Check, Sheet, act, wrong_state
from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict, DomainError, InvalidInput, NotAllowed
from core.state_table import HasRight, any_right
from rulebook.rules.book import RuleBook
from rulebook.rules.just_in_time import appoint_by
from rulebook.selectors import load_rule_book


def close(ids: Ids, *, actor: Actor, has_right: HasRight = any_right, reason: str = "") -> Handled:
    """Take out of the work lists; cancels and refunds nothing."""
    return act(ids, "close", actor=actor, has_right=has_right, reason=reason)


def take_back(ids: Ids, *, actor: Actor, has_right: HasRight = any_right) -> Handled:
    """Take back what has not left yet. Of this and a sender's claim, the first wins."""
    return act(
        ids,
        "take_back",
        actor=actor,
        has_right=has_right,
        detail=StatusDetail.TAKEN_BACK,
        values={"send_after": None},
    )


def hold(ids: Ids, *, actor: Actor, has_right: HasRight = any_right) -> Handled:
    """Hold appointments for first business, where they may be appointed just in time."""
    return act(
        ids, "hold", actor=actor, has_right=has_right, check=_may_wait, detail=StatusDetail.JUST_IN_TIME
    )


def _may_wait(row: Transaction) -> DomainError | None:
    if row.kind == TransactionKind.APPOINTMENT and row.just_in_time:
        return None
    message = f"{row.number} cannot wait for first business: it is no just-in-time appointment."
    fix = "Submit it, or switch just-in-time on for the company in that state and ask for it again."
    return Conflict(message, fix, code="not_just_in_time")


def mend(ids: Ids, *, actor: Actor, has_right: HasRight = any_right) -> Handled:
    """Make ready again what the gateway refused, once the records that it found fault with are put right.

    The refused document took no effect; the next one is written anew from the records, under the same key. What was
    asked for anew meanwhile is refused.
    """
    try:
        return _mend(ids, actor, has_right)
    except IntegrityError:
        # Somebody has asked for one of them at this very moment; now it can be seen which.
        return _mend(ids, actor, has_right)


def _mend(ids: Ids, actor: Actor, has_right: HasRight) -> Handled:
    with audit.operation(), database.atomic():
        sheet = Sheet(ids, has_right)
        rows = sheet.move(
            sheet.permitted("mend", _not_asked_again(sheet.rows)),
            "mend",
            actor=actor,
            values={"first_sent_at": None, "send_after": None, "attempt": None, "resends": 0, "checks": 0},
        )
        TransactionDocument.objects.filter(transaction__in=rows).delete()
        return sheet.answers()


def _not_asked_again(rows: list[Transaction]) -> Check:
    """Of all that ask for the same thing one may be open: the one that is, or the first of these."""
    open_rows = Transaction.objects.filter(is_open=True, producer__in={row.producer_id for row in rows})
    holders = {tuple(same): pk for pk, *same in open_rows.values_list("pk", *_SAME)}
    for row in rows:
        holders.setdefault(_same(row), row.pk)

    def objection(row: Transaction) -> DomainError | None:
        holder = holders[_same(row)]
        if holder == row.pk:
            return None
        message = f"{transaction_number(holder)} asks for the same as {row.number} already."
        return Conflict(message, f"Follow that one, and close {row.number}.", code="duplicate_transaction")

    return objection


_SAME = ("kind", "producer_id", "state", "cocode", "loa_code", "loa", "county_code")


def _same(row: Transaction) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _SAME)


# The just-in-time clock

_CLOCK_RUNS = (TransactionStatus.HELD, TransactionStatus.READY_TO_SUBMIT)


def set_first_business(
    ids: Ids, day: date | None, *, actor: Actor, has_right: HasRight = any_right
) -> Handled:
    """Say when the first business was placed: the clock of just-in-time appointments starts; None stops it.

    Each answer says by which day the appointment has to be filed. Raises InvalidInput for a day to come.
    """
    if not has_right(access.PREPARE):
        raise NotAllowed(access.PREPARE)
    if day is not None and day > clock.today():
        message = "First business lies in the future. Name the day on which it was placed."
        raise InvalidInput([{"path": "day", "code": "future", "message": message}])
    with audit.operation(), database.atomic():
        sheet = Sheet(ids, has_right)
        rows = [row for row in sheet.rows if not _clock_refused(sheet, row)]
        sentences = _start_clocks(rows, day, actor)
        sheet.done(rows, lambda row: sentences[row.pk])
        return sheet.answers()


def _clock_refused(sheet: Sheet, row: Transaction) -> bool:
    refusal = _may_wait(row)
    if row.status not in _CLOCK_RUNS:
        refusal = wrong_state(row, "set_first_business", sheet.has_right)
    if refusal is not None:
        sheet.refuse(row, refusal)
    return refusal is not None


def _start_clocks(rows: list[Transaction], day: date | None, actor: Actor) -> dict[int, str]:
    """Write both days on the rows with one statement; what each clock says, in words."""
    book, records, said = load_rule_book(), [], {}
    for row in rows:
        before = [row.first_business_date, row.appoint_by]
        row.first_business_date = day
        row.appoint_by, said[row.pk] = _deadline(book, row, day)
        changes = {
            "first_business_date": [_iso(before[0]), _iso(day)],
            "appoint_by": [_iso(before[1]), _iso(row.appoint_by)],
        }
        records.append(audit.AuditRecord("transaction.first_business", actor, row, changes))
    Transaction.objects.bulk_update(rows, ["first_business_date", "appoint_by"])
    audit.record_many(records)
    return said


def _deadline(book: RuleBook, row: Transaction, day: date | None) -> tuple[date | None, str]:
    if day is None:
        return None, "No first business yet; no clock runs."
    last_day, decision = appoint_by(book, row.state, day)
    return last_day, decision.text


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
