"""The answers of one action, filled in as transactions fall out or get done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction as database

from appointments.enums import AT_REGISTRY, StatusDetail, TransactionStatus
from appointments.models import Transaction, transaction_number
from appointments.moves import RowValues, locked, move_many
from appointments.services.handling.results import Handled, HandledOne, Ids
from appointments.transitions import TRANSACTIONS
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict, DomainError, NotAllowed
from core.state_table import HasRight

Check = Callable[[Transaction], DomainError | None]
"""A further objection to a move that the table allows."""

DONE_WORDS = {
    "submit": "submitted",
    "release": "released",
    "ask_approval": "passed on for approval",
    "approve": "approved",
    "close": "closed",
    "take_back": "taken back",
    "hold": "held",
    "mend": "made ready again",
    "attach": "given a number of NIPR",
    "not_there": "sent again",
    "write_off": "given up",
    "set_first_business": "given a day of first business",
}
_STEPS = {(move.source, move.event) for move in TRANSACTIONS.moves}


class Sheet:
    """The transactions named, locked, and an answer for each of them in the end."""

    def __init__(self, ids: Ids, has_right: HasRight) -> None:
        self.ids = list(dict.fromkeys(ids))
        self.has_right = has_right
        self.rows = locked(self.ids)
        self._answers: dict[int, HandledOne] = {}

    def permitted(self, event: str, check: Check | None = None) -> list[Transaction]:
        """Those of the rows that the event may move; the others get their refusal."""
        return [row for row in self.rows if not self._objection(row, event, check)]

    def refuse(self, row: Transaction, refusal: DomainError) -> None:
        self._answers[row.pk] = HandledOne(
            number=row.number,
            ok=False,
            code=refusal.code,
            message=refusal.message,
            fix=refusal.fix,
            status=row.status,
            allowed=tuple(possible(row, self.has_right)),
            pk=row.pk,
        )

    def move(
        self,
        rows: Sequence[Transaction],
        event: str,
        *,
        actor: Actor,
        detail: StatusDetail = StatusDetail.NONE,
        values: Mapping[str, Any] | None = None,
        row_values: RowValues | None = None,
        reason: str = "",
        say: Callable[[Transaction], str] = lambda _row: "",
    ) -> list[Transaction]:
        """Move rows and enter what came of it; ``say`` adds a sentence to those that moved."""
        moved = move_many(
            rows,
            event,
            actor=actor,
            detail=detail,
            has_right=self.has_right,
            values=values,
            row_values=row_values,
            reason=reason,
        )
        for row, refusal in moved.refused:
            self.refuse(row, refusal)
        self.done(moved.rows, say)
        return moved.rows

    def done(self, rows: Iterable[Transaction], say: Callable[[Transaction], str] = lambda _row: "") -> None:
        for row in rows:
            self._answers[row.pk] = HandledOne(
                row.number, True, message=say(row), status=row.status, pk=row.pk
            )

    def answers(self) -> Handled:
        return Handled([self._answers.get(pk) or _not_there(pk) for pk in self.ids])

    def refusals(self) -> list[HandledOne]:
        """Those that fell out so far."""
        return [one for one in self.answers().results if not one.ok and one.pk in self._answers]

    def _objection(self, row: Transaction, event: str, check: Check | None) -> bool:
        refusal = refusal_of(row, event, self.has_right) or (check(row) if check else None)
        if refusal is not None:
            self.refuse(row, refusal)
        return refusal is not None


def act(
    ids: Ids,
    event: str,
    *,
    actor: Actor,
    has_right: HasRight,
    check: Check | None = None,
    detail: StatusDetail = StatusDetail.NONE,
    values: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Handled:
    """Move all of them that may by one event, in one database transaction."""
    with audit.operation(), database.atomic():
        sheet = Sheet(ids, has_right)
        rows = sheet.permitted(event, check)
        sheet.move(rows, event, actor=actor, detail=detail, values=values, reason=reason)
        return sheet.answers()


def possible(row: Transaction, has_right: HasRight) -> list[str]:
    """What somebody with these rights can do with it now, as events."""
    return [move.event for move in TRANSACTIONS.allowed(row, has_right) if move.label]


def refusal_of(row: Transaction, event: str, has_right: HasRight) -> DomainError | None:
    """Why the event cannot move the row, in words for people; None when it can."""
    if (row.status, event) not in _STEPS:
        return wrong_state(row, event, has_right)
    try:
        TRANSACTIONS.move(row, event, has_right)
    except NotAllowed as refusal:
        return refusal
    except Conflict as objection:
        return Conflict(objection.message, _possible_words(row, has_right), code="wrong_state")
    return None


def wrong_state(row: Transaction, event: str, has_right: HasRight) -> Conflict:
    """It stands where the event is not possible."""
    stands = TransactionStatus(row.status).label
    message = f"{row.number} is “{stands}”, so it cannot be {DONE_WORDS[event]}."
    return Conflict(
        message, _possible_words(row, has_right), code="wrong_state", allowed=possible(row, has_right)
    )


def _possible_words(row: Transaction, has_right: HasRight) -> str:
    labels = [move.label for move in TRANSACTIONS.allowed(row, has_right) if move.label]
    if labels:
        return f"Possible now: {', '.join(labels)}."
    if row.status in AT_REGISTRY:
        return "NIPR has it; wait for its answer."
    return "Nothing can be done with it any more."


def _not_there(pk: int) -> HandledOne:
    number = transaction_number(pk)
    return HandledOne(
        number, False, "not_found", f"There is no transaction {number}.", fix="Check its number.", pk=pk
    )
