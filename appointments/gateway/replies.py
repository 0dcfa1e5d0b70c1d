"""Replies applied: by key, as often as they come, in one database transaction.

Only what is documented moves a transaction, and what is final stays final. The raw reply has been kept before; whoever
finds one that is kept and not applied, applies it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from appointments import moves
from appointments.enums import AttemptOutcome, AttemptPurpose, StatusDetail, TransactionStatus
from appointments.gateway.crashpoints import Point, reach
from appointments.models import AttemptTransaction, SubmissionAttempt, Transaction
from core import clock
from core.actor import Actor
from nipr.wire.gateway import Answer, AnswerKind, GatewayReply, read_reply

NIPR: Final = Actor.gateway("NIPR")
FIRST_CHECK = timedelta(minutes=1)
"""When NIPR is first asked about what has no answer, or is with the state."""
OK = 200

S, D = TransactionStatus, StatusDetail

_EVENTS: Mapping[AnswerKind, tuple[str, StatusDetail, TransactionStatus]] = {
    AnswerKind.SENT_TO_STATE: ("accept", D.STATE_REVIEW, S.SUBMITTED),
    AnswerKind.RECEIVED: ("accept", D.RECEIVED, S.SUBMITTED),
    AnswerKind.AWAITING_VALIDATION: ("hold_back", D.RENEWAL_FREEZE, S.AWAITING_VALIDATION),
    AnswerKind.APPROVED: ("approve_at_state", D.NONE, S.APPROVED),
    AnswerKind.DECLINED: ("decline_at_state", D.NONE, S.DECLINED),
    AnswerKind.REFUSED: ("refuse", D.REFUSED, S.FAILED),
}
_FROM: Mapping[TransactionStatus, frozenset[AnswerKind]] = {
    S.SUBMITTING: frozenset(_EVENTS),
    S.UNKNOWN: frozenset(_EVENTS),
    S.SUBMITTED: frozenset({AnswerKind.AWAITING_VALIDATION, AnswerKind.APPROVED, AnswerKind.DECLINED}),
    S.AWAITING_VALIDATION: frozenset({AnswerKind.SENT_TO_STATE, AnswerKind.APPROVED, AnswerKind.DECLINED}),
}
"""From which state which answer moves. 3999 tells nothing new about what is known to be with the state."""

Step = tuple[str, StatusDetail]


@dataclass(frozen=True, slots=True)
class Applied:
    """What the reply said, by key and by transaction, and whether it said anything of use."""

    answers: dict[tuple[str, str], Answer]
    verdicts: dict[int, AnswerKind]
    useful: bool


def keep(attempt_id: UUID, status: int, body: bytes) -> None:
    """Commit the raw reply before anybody reads it. Every byte is kept: what cannot be read now may be later."""
    SubmissionAttempt.objects.filter(pk=attempt_id).update(http_status=status, reply=body.decode("latin-1"))


def apply_kept(attempt_id: UUID) -> Applied | None:
    """Apply the kept reply of an attempt and end it; None when somebody has applied it already."""
    with transaction.atomic():
        attempt = SubmissionAttempt.objects.select_for_update().get(pk=attempt_id)
        if attempt.applied_at or attempt.reply is None:
            return None
        reply = _read(attempt)
        carried = set(
            AttemptTransaction.objects.filter(attempt=attempt).values_list("transaction_id", flat=True)
        )
        verdicts = _apply(attempt, reply.answers, carried)
        told = {pk for pk, verdict in verdicts.items() if verdict is not AnswerKind.UNCLEAR}
        useful = bool(told & carried) or not carried
        attempt.applied_at = attempt.ended_at = clock.now()
        attempt.outcome = AttemptOutcome.ANSWERED if useful else AttemptOutcome.UNKNOWN
        attempt.note = reply.problem[:300]
        attempt.save(update_fields=["applied_at", "ended_at", "outcome", "note"])
        reach(Point.BEFORE_APPLY_COMMIT)
    by_key = {(answer.batch, answer.trans): answer for answer in reply.answers}
    return Applied(by_key, verdicts, useful)


def unknown_values(now: datetime) -> dict[str, Any]:
    """The columns of a transaction whose outcome has just become unknown."""
    return {"unknown_since": now, "checks": 0, "check_after": now + FIRST_CHECK}


def _read(attempt: SubmissionAttempt) -> GatewayReply:
    """Only a 200 is read: any other status comes from something that stands before the gateway."""
    if attempt.http_status != OK:
        return GatewayReply(readable=False, problem=f"The answer had the HTTP status {attempt.http_status}.")
    return read_reply((attempt.reply or "").encode("latin-1"))


def _apply(
    attempt: SubmissionAttempt, answers: Iterable[Answer], carried: Collection[int]
) -> dict[int, AnswerKind]:
    by_row = _by_transaction(answers)
    rows = moves.locked({*by_row, *carried})
    steps: dict[Step, list[Transaction]] = defaultdict(list)
    stay: list[Transaction] = []
    for row in rows:
        answer = by_row.get(row.pk)
        if answer and _is_anothers(answer, row):
            answer = by_row[row.pk] = Answer(answer.batch, answer.trans, AnswerKind.UNCLEAR, message=ANOTHERS)
        if step := _step(row, answer, attempt):
            steps[step].append(row)
        elif answer:
            stay.append(row)
    now = clock.now()
    for (event, detail), moving in steps.items():
        values = _lost_values if event == "lose" else _answered_values
        moves.move_many(
            moving,
            event,
            actor=NIPR,
            detail=detail,
            row_values=lambda row, values=values: values(row, by_row.get(row.pk), now),  # type: ignore[misc]
        )
    _note(stay, by_row)
    return {pk: answer.verdict for pk, answer in by_row.items()}


ANOTHERS = "The answer names this transaction, yet speaks of another producer or state."


def _is_anothers(answer: Answer, row: Transaction) -> bool:
    return bool((answer.npn and answer.npn != row.npn) or (answer.state and answer.state != row.state))


def _by_transaction(answers: Iterable[Answer]) -> dict[int, Answer]:
    """One query. A key that is not ours is somebody else's, or of before a restore: it is in the kept reply."""
    by_key = {(answer.batch, answer.trans): answer for answer in answers}
    rows = Transaction.objects.filter(gateway_key__in={trans for _, trans in by_key})
    found = rows.values_list("pk", "batch__gateway_key", "gateway_key")
    return {pk: by_key[batch, trans] for pk, batch, trans in found if (batch, trans) in by_key}


def _step(row: Transaction, answer: Answer | None, attempt: SubmissionAttempt) -> Step | None:
    """The move that an answer, or the lack of one, makes; None when it makes none."""
    verdict = answer.verdict if answer else AnswerKind.UNCLEAR
    if verdict in _FROM.get(TransactionStatus(row.status), ()):
        event, detail, _target = _EVENTS[verdict]
        return event, detail
    if row.status == S.SUBMITTING and row.attempt_id == attempt.pk and attempt.purpose != AttemptPurpose.ASK:
        return "lose", D.NOT_RECEIVED if verdict is AnswerKind.NOT_RECEIVED else D.UNREADABLE
    return None


def _lost_values(row: Transaction, answer: Answer | None, now: datetime) -> dict[str, Any]:
    return {**unknown_values(now), "nipr_message": answer.message[:1000] if answer else ""}


def _answered_values(row: Transaction, answer: Answer | None, now: datetime) -> dict[str, Any]:
    """What a documented answer writes."""
    if answer is None:
        return {}
    target = _EVENTS[answer.verdict][2]
    is_open = target in (S.SUBMITTED, S.AWAITING_VALIDATION)
    return {
        "nipr_message": answer.message[:1000] or row.nipr_message,
        "validation_errors": [{"code": code, "text": text} for code, text in answer.errors],
        "rejection_response": answer.rejection[:1000],
        "nipr_trans": answer.nipr_trans[:40] or row.nipr_trans,
        "effective_date": answer.effective_date or row.effective_date,
        "frozen_until": answer.frozen_until,
        "unknown_since": None,
        "checks": 0,
        "check_after": now + FIRST_CHECK if is_open else None,
        **_charged(row, answer),
    }


def _charged(row: Transaction, answer: Answer) -> dict[str, Any]:
    """Nothing is charged for what was refused; later answers may name a fee that earlier ones did not."""
    if answer.verdict is AnswerKind.REFUSED:
        return {"charged_state_fee_cents": None, "charged_nipr_fee_cents": None, "charged_on": None}
    state, nipr = answer.state_fee_cents, answer.nipr_fee_cents
    if state == 0 and row.billed_by_state:
        state = None  # our own nought, repeated: the state bills it later
    state = row.charged_state_fee_cents if state is None else state
    nipr = row.charged_nipr_fee_cents if nipr is None else nipr
    on = row.charged_on or (clock.today() if state is not None or nipr is not None else None)
    return {"charged_state_fee_cents": state, "charged_nipr_fee_cents": nipr, "charged_on": on}


_AT_STATE = (AnswerKind.SENT_TO_STATE, AnswerKind.AWAITING_VALIDATION)
_NOTED = ("nipr_message", "nipr_trans", "frozen_until", "status_detail")


def _note(rows: Iterable[Transaction], by_row: Mapping[int, Answer]) -> None:
    """What an answer that moves nothing still tells. A final transaction is not touched."""
    changed = []
    for row in rows:
        before = [getattr(row, name) for name in _NOTED]
        _note_one(row, by_row[row.pk])
        if before != [getattr(row, name) for name in _NOTED]:
            changed.append(row)
    if changed:
        Transaction.objects.bulk_update(changed, _NOTED)


def _note_one(row: Transaction, answer: Answer) -> None:
    if row.status in (S.SUBMITTED, S.AWAITING_VALIDATION):
        row.nipr_trans = row.nipr_trans or answer.nipr_trans[:40]
        if answer.verdict in _AT_STATE:
            row.nipr_message, row.frozen_until = answer.message[:1000], answer.frozen_until
            row.status_detail = _EVENTS[answer.verdict][1]
    elif row.status == S.UNKNOWN:
        row.nipr_message = answer.message[:1000] or row.nipr_message
        if answer.verdict is AnswerKind.NOT_RECEIVED and row.status_detail not in (D.NEEDS_PERSON, D.FENCED):
            row.status_detail = D.NOT_RECEIVED
