"""What it would cost to do all that a scorecard asks for, as far as the fees are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rulebook.rules.fees import RegistryRates, appointment_fee
from rulebook.rules.holdings import Holdings
from rulebook.rules.vocabulary import Residency
from scorecards.enums import Action
from scorecards.scoring.values import Cell

APPLICATIONS = frozenset({Action.APPLY, Action.AMEND})
RENEWALS = frozenset({Action.RENEW, Action.RENEW_LATE, Action.REINSTATE})


@dataclass(frozen=True, slots=True)
class Cost:
    """The known part in cents, and how many fees are not known: those the state bills, never taken for zero."""

    known_cents: int = 0
    billed_later: int = 0

    @property
    def known(self) -> Decimal:
        """In dollars."""
        return Decimal(self.known_cents).scaleb(-2)

    def plus(self, *cents: int | None) -> Cost:
        known = sum((fee for fee in cents if fee is not None), self.known_cents)
        return Cost(known, self.billed_later + cents.count(None))

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.known_cents + other.known_cents, self.billed_later + other.billed_later)


def cost_of(cells: Iterable[Cell], held: Holdings, rates: RegistryRates) -> Cost:
    """Appointments cost the registry's fee for a cell, and the state's by line or once a company, as the state counts.

    A license is applied for or renewed once a state, for all its lines.
    """
    cost = Cost()
    paid: set[tuple[str, str]] = set()
    for cell in cells:
        if cell.action is Action.APPOINT:
            cost = cost.plus(*_state_fee(cell, held, paid), rates.appointment_cents)
        elif cell.action in APPLICATIONS | RENEWALS and (cell.state, cell.action) not in paid:
            paid.add((cell.state, cell.action))
            cost = cost.plus(None, _license_rate(cell, held, rates))
    return cost


def _state_fee(cell: Cell, held: Holdings, paid: set[tuple[str, str]]) -> tuple[int | None, ...]:
    """The state's fee of one more cell; none where an earlier one of the same company has paid it."""
    residency = _residency(cell.state, held)
    fee = appointment_fee(held.book, cell.state, residency, held.producer.entity_type, held.as_of)
    place = (cell.state, cell.cocode)
    is_first = place not in paid
    paid.add(place)
    return (fee.cents,) if is_first or fee.per_line or fee.cents is None else ()


def _license_rate(cell: Cell, held: Holdings, rates: RegistryRates) -> int | None:
    resident = _residency(cell.state, held) == Residency.RESIDENT
    if cell.action in RENEWALS:
        return rates.renewal_resident_cents if resident else rates.renewal_non_resident_cents
    return rates.application_resident_cents if resident else rates.application_non_resident_cents


def _residency(state: str, held: Holdings) -> str:
    """Resident where a license of the state says so; whoever has none there comes from elsewhere."""
    resident = any(license_.resident for license_ in held.in_state(state))
    return Residency.RESIDENT if resident else Residency.NON_RESIDENT
