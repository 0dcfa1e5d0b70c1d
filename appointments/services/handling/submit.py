"""Spending: what sending costs, and sending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction as database

from appointments.enums import StatusDetail, TransactionStatus
from appointments.gateway import relay
from appointments.gateway import settings as gateway_settings
from appointments.models import Transaction
from appointments.services.handling import people, second_key
from appointments.services.handling.approving import same_person
from appointments.services.handling.eligibility import no_longer_eligible
from appointments.services.handling.pricing import prices_now, summed
from appointments.services.handling.results import Cost, Handled, HandledOne, Ids
from appointments.services.handling.sheet import Check, Sheet
from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict, DomainError
from core.state_table import HasRight, any_right
from producers.notices.wording import day

_MAY_LEAVE = (TransactionStatus.READY_TO_SUBMIT, TransactionStatus.HELD)


class CostChanged(Conflict):
    """What was agreed to is not what it costs now; nothing was sent.

    ``cost`` is the cost of now, and ``refused`` are the transactions that it leaves out, with why.
    """

    def __init__(self, cost: Cost, agreed_cents: int, refused: Sequence[HandledOne] = ()) -> None:
        out = f", and {len(refused)} cannot be sent any more" if refused else ""
        message = f"It costs ${cost.total_cents / 100:,.2f} now, not ${agreed_cents / 100:,.2f}{out}."
        super().__init__(message, "Nothing was sent. Look at it and submit again.", code="cost_changed")
        self.cost = cost
        self.refused = list(refused)


def cost_of(ids: Ids) -> Cost:
    """What sending those of them that may leave now would cost, at today's rates; what may not leave is left out."""
    rows = list(Transaction.objects.filter(pk__in=ids, status__in=_MAY_LEAVE).order_by("pk"))
    out = no_longer_eligible(rows)
    return summed(prices_now([row for row in rows if row.pk not in out]).values())


def submit(
    ids: Ids,
    *,
    confirm_cents: int | None,
    actor: Actor,
    has_right: HasRight = any_right,
    selection_cents: int | None = None,
) -> Handled:
    """Send what is ready, or pass it on for approval where it needs a second key.

    Raises CostChanged, and nothing moves, when ``confirm_cents`` is not what it costs now; None is for callers whose
    cost was agreed to before. ``selection_cents`` is the cost of the whole selection where these are a part of it.
    """
    with audit.operation(), database.atomic():
        sheet = Sheet(ids, has_right)
        return _Sending(sheet, "submit", actor).carry_out(confirm_cents, selection_cents or 0)


def release(
    ids: Ids, *, actor: Actor, has_right: HasRight = any_right, confirm_cents: int | None = None
) -> Handled:
    """Send what was held for first business. A late one is sent too, and its answer says that it is late."""
    with audit.operation(), database.atomic():
        return _Sending(Sheet(ids, has_right), "release", actor).carry_out(confirm_cents, 0)


class _Sending:
    """One selection on its way: what may leave is priced, then passed on for approval or queued."""

    def __init__(self, sheet: Sheet, event: str, actor: Actor) -> None:
        self.sheet, self.event, self.actor = sheet, event, actor
        self.settings = gateway_settings.current()
        self.rows = _still_eligible(sheet, sheet.permitted(event, _not_the_approver(actor)))
        self.prices = prices_now(self.rows)

    def carry_out(self, confirm_cents: int | None, selection_cents: int) -> Handled:
        cost = summed(self.prices.values())
        if self.rows and confirm_cents is not None and confirm_cents != cost.total_cents:
            raise CostChanged(cost, confirm_cents, self.sheet.refusals())
        above = max(cost.total_cents, selection_cents) > self.settings.second_key_above_cents
        lacking = second_key.lacking(self.rows, self.prices, above=above)
        waiting = [row for row in self.rows if row.pk in lacking]
        going = [row for row in self.rows if row.pk not in lacking]
        self._ask_approval(StatusDetail.FOR_CAUSE, [row for row in waiting if row.for_cause])
        self._ask_approval(StatusDetail.ABOVE_LIMIT, [row for row in waiting if not row.for_cause])
        if self._queue(going):
            relay.nudge()
        return self.sheet.answers()

    def _ask_approval(self, detail: StatusDetail, rows: list[Transaction]) -> None:
        self.sheet.move(
            rows,
            "ask_approval",
            actor=self.actor,
            detail=detail,
            values=people.named("submitted", self.actor) | people.NOT_APPROVED,
            row_values=self._fees,
            say=lambda row: row.detail_text,
        )

    def _queue(self, rows: list[Transaction]) -> list[Transaction]:
        now, today = clock.now(), clock.today()
        values = {
            "send_after": now + timedelta(seconds=self.settings.cool_off_seconds),
            # What an earlier attempt was told is not what this one is told; its raw reply stays with the attempt.
            "nipr_message": "",
            "validation_errors": [],
            "rejection_response": "",
        }
        return self.sheet.move(
            rows,
            self.event,
            actor=self.actor,
            detail=StatusDetail.COOL_OFF,
            values=values | people.named("submitted", self.actor),
            row_values=self._fees,
            say=lambda row: _lateness(row, today),
        )

    def _fees(self, row: Transaction) -> dict[str, Any]:
        price = self.prices[row.pk]
        return {"state_fee_cents": price.state_cents, "nipr_fee_cents": price.nipr_cents}


def _still_eligible(sheet: Sheet, rows: list[Transaction]) -> list[Transaction]:
    """Those that facts still allow. The others stay where they are, with the reason, for a person to close."""
    out = no_longer_eligible(rows)
    for row in rows:
        if row.pk in out:
            sheet.refuse(row, out[row.pk])
    return [row for row in rows if row.pk not in out]


def _not_the_approver(actor: Actor) -> Check:
    def objection(row: Transaction) -> DomainError | None:
        if people.approved(actor, row):
            return same_person(f"You approved {row.number}; somebody else submits it.")
        return None

    return objection


def _lateness(row: Transaction, today: date) -> str:
    """A just-in-time appointment may be late; it is sent, and whoever sent it knows."""
    if not row.just_in_time or row.appoint_by is None or row.appoint_by >= today:
        return ""
    return f"It is late: the last day to file it was {day(row.appoint_by)}. The state may decline it."
