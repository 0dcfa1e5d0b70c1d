"""What it would cost to do all that a scorecard asks for, as far as the fees are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rulebook.rules.book import RuleBook
from scorecards.enums import Action
from scorecards.scoring.values import Cell

STATE_FEE = "appointment_fee_usd"
APPLICATIONS = frozenset({Action.APPLY, Action.AMEND})
RENEWALS = frozenset({Action.RENEW, Action.RENEW_LATE, Action.REINSTATE})


@dataclass(frozen=True, slots=True)
class Rates:
    """What the registry takes for a transaction; None where its price is not known."""

    appointment: Decimal | None = None
    application: Decimal | None = None
    renewal: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """The known part in dollars, and how many fees are not known: those the state bills, never taken for zero."""

    known: Decimal = Decimal(0)
    billed_later: int = 0

    def plus(self, *fees: Decimal | None) -> Cost:
        known = sum((fee for fee in fees if fee is not None), self.known)
        return Cost(known, self.billed_later + fees.count(None))

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.known + other.known, self.billed_later + other.billed_later)


def cost_of(cells: Iterable[Cell], book: RuleBook, as_of: date, rates: Rates) -> Cost:
    """Appointments are paid for by the cell; a license is applied for or renewed once a state, for all its lines."""
    cost = Cost()
    licenses: set[tuple[str, Action]] = set()
    for cell in cells:
        if cell.action is Action.APPOINT:
            fee = book.value(cell.state, STATE_FEE, as_of)
            cost = cost.plus(fee.amount if fee else None, rates.appointment)
        elif cell.action in APPLICATIONS | RENEWALS and (cell.state, cell.action) not in licenses:
            licenses.add((cell.state, cell.action))
            rate = rates.renewal if cell.action in RENEWALS else rates.application
            cost = cost.plus(None, rate)
    return cost
