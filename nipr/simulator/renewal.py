"""When a licence expires: the renewal basis of its state, applied to a birth date and an issue date."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from nipr.simulator.reference import Jurisdiction

DEFAULT_CYCLE_MONTHS = 24
PARITY = {"even": 0, "odd": 1}


@dataclass(frozen=True, slots=True)
class Anchor:
    """What an expiration hangs on. A firm has no birth date: its issue date stands in."""

    issued: date
    born: date | None
    number: str

    @property
    def birthday(self) -> date:
        return self.born or self.issued


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last day of a month stays a last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    was_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if was_last else min(day.day, last))


def first_expiration(place: Jurisdiction, anchor: Anchor, after: date) -> date | None:
    """The first expiration later than ``after``; ``None`` where licences are perpetual.

    Where the rule of a state is not known (or it names no cycle) the simulator invents one: the month of issue, every
    two years. The simulator invents freely; only the product may not.
    """
    if place.renewal_basis == "perpetual":
        return None
    if place.fixed_expiry:
        return _fixed(place.fixed_expiry, after)
    years = (place.cycle_months or DEFAULT_CYCLE_MONTHS) // 12
    start = _cycle_year(place.renewal_basis, anchor)
    year = after.year
    while (year - start) % years or _in_year(place.renewal_basis, anchor, year) <= after:
        year += 1
    return _in_year(place.renewal_basis, anchor, year)


def _cycle_year(basis: str, anchor: Anchor) -> int:
    if basis.endswith("by_birth_year"):
        return anchor.birthday.year
    if basis.endswith("license_number_parity"):
        return int(anchor.number[-1])
    return anchor.issued.year


def _in_year(basis: str, anchor: Anchor, year: int) -> date:
    day = anchor.birthday if basis.startswith("birth") else anchor.issued
    if basis.startswith("birth_date"):
        return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
    return month_end(year, day.month)


def _fixed(rule: str, after: date) -> date:
    """``MM-DD/even|odd|any``; February 29 means the last day of February."""
    day, _, parity = rule.partition("/")
    month, number = (int(part) for part in day.split("-"))
    year = after.year
    while True:
        expires = date(year, month, min(number, monthrange(year, month)[1]))
        if expires > after and PARITY.get(parity, year % 2) == year % 2:
            return expires
        year += 1
