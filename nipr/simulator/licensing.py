"""Licences and their lines as they stood on a day, for one invented entity."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from nipr.simulator.identity import Identity, npn_of
from nipr.simulator.reference import (
    ADJUSTER_CLASS,
    NO_LINE,
    NPN_NUMBERED,
    SURPLUS_CLASS,
    ClassKind,
    Coded,
    Jurisdiction,
    jurisdictions,
)
from nipr.simulator.renewal import DEFAULT_CYCLE_MONTHS, Anchor, add_months, first_expiration
from nipr.wire.messages import License, LineOfAuthority, Residency

NUMBER_STEP = 37
NUMBER_BASE = 1_000_000
KIND_OFFSET = {ClassKind.PRODUCER: 1, ClassKind.ADJUSTER: 2, ClassKind.SURPLUS: 3}

PROFILES: tuple[tuple[str, ...], ...] = (
    ("life", "health"),
    ("life", "health"),
    ("life", "health", "variable"),
    ("property", "casualty"),
    ("property", "casualty"),
    ("life", "health", "property", "casualty"),
    ("personal",),
    ("health",),
)
ADULT_YEARS = 20


@dataclass(frozen=True, slots=True)
class Holding:
    """One licence to be made: where, of which kind, and on what day it is seen."""

    who: Identity
    place: Jurisdiction
    kind: ClassKind
    issued: date
    as_of: date
    categories: tuple[str, ...]

    @property
    def resident(self) -> bool:
        return self.place.code == self.who.state


def license_number(place: Jurisdiction, index: int, kind: ClassKind) -> str:
    """A number in the style of the state, from which :func:`index_of_number` reads the index back."""
    if place.number_prefix == NPN_NUMBERED and kind is ClassKind.PRODUCER:
        return npn_of(index)
    prefix = "" if place.number_prefix == NPN_NUMBERED else place.number_prefix
    return f"{prefix}{NUMBER_BASE + index * NUMBER_STEP + KIND_OFFSET[kind]}"


def free_number(place: Jurisdiction, index: int, taken: Collection[str]) -> str:
    """A number for one more licence in the state: no two share one. It reads back as the others do."""
    prefix = "" if place.number_prefix == NPN_NUMBERED else place.number_prefix
    first = NUMBER_BASE + index * NUMBER_STEP
    numbers = (f"{prefix}{first + offset}" for offset in range(len(KIND_OFFSET) + 1, NUMBER_STEP))
    return next(number for number in numbers if number not in taken)


def index_of_number(place: Jurisdiction, number: str) -> int | None:
    """The index whose licence could carry this number, to be confirmed against its report."""
    prefix = "" if place.number_prefix == NPN_NUMBERED else place.number_prefix
    digits = number.removeprefix(prefix)
    if not digits.isdigit():
        return None
    if place.number_prefix == NPN_NUMBERED and digits >= npn_of(0):
        return int(digits) - int(npn_of(0))
    return (int(digits) - NUMBER_BASE) // NUMBER_STEP


def make_licenses(who: Identity, dice: Random, as_of: date) -> tuple[License, ...]:
    """Every licence the entity holds; about one in fifty holds none."""
    if dice.random() < 0.02:
        return ()
    first_issued = _first_issue(who, dice, as_of)
    categories = dice.choice(PROFILES)
    holdings = _holdings(who, dice, categories, first_issued, as_of)
    return tuple(make_license(holding, dice) for holding in holdings)


def _first_issue(who: Identity, dice: Random, as_of: date) -> date:
    earliest = add_months(who.birth_date, ADULT_YEARS * 12) if who.birth_date else date(1995, 1, 1)
    earliest = min(earliest, as_of - timedelta(days=30))
    return earliest + timedelta(days=dice.randrange((as_of - earliest).days))


def _holdings(
    who: Identity, dice: Random, categories: tuple[str, ...], issued: date, as_of: date
) -> Iterator[Holding]:
    places = jurisdictions()
    yield Holding(who, places[who.state], ClassKind.PRODUCER, issued, as_of, categories)
    if not who.is_firm:
        yield from _special(who, dice, issued, as_of)
    others = [code for code in places if code != who.state]
    for code in sorted(dice.sample(others, _non_resident_count(dice))):
        later = issued + timedelta(days=dice.randrange(max(1, (as_of - issued).days)))
        yield Holding(who, places[code], ClassKind.PRODUCER, later, as_of, categories)


def _special(who: Identity, dice: Random, issued: date, as_of: date) -> Iterator[Holding]:
    draw = dice.random()
    kind = ClassKind.ADJUSTER if draw < 0.03 else ClassKind.SURPLUS if draw < 0.06 else None
    if kind:
        yield Holding(who, jurisdictions()[who.state], kind, issued, as_of, ())


def _non_resident_count(dice: Random) -> int:
    draw = dice.random()
    if draw < 0.30:
        return 0
    if draw < 0.70:
        return dice.randint(1, 3)
    return dice.randint(4, 8) if draw < 0.92 else dice.randint(9, 22)


def class_of(holding: Holding) -> Coded:
    if holding.kind is ClassKind.ADJUSTER:
        return ADJUSTER_CLASS
    if holding.kind is ClassKind.SURPLUS:
        return SURPLUS_CLASS
    if holding.who.is_firm:
        return holding.place.firm_class
    return holding.place.resident_class if holding.resident else holding.place.nonresident_class


def make_license(holding: Holding, dice: Random) -> License:
    """One licence as of its day: mostly in force, now and then expired and not renewed."""
    place, issued = holding.place, holding.issued
    number = license_number(place, holding.who.index, holding.kind)
    expires = first_expiration(
        place, Anchor(issued, holding.who.birth_date, number), max(issued, holding.as_of)
    )
    previous = expires and add_months(expires, -(place.cycle_months or DEFAULT_CYCLE_MONTHS))
    lapsed = dice.random() < 0.06 and previous is not None and issued < previous
    if lapsed:
        expires = previous
    code = class_of(holding)
    lines = _make_lines(holding, dice, expires, lapsed=lapsed)
    return License(
        state=place.code,
        number=number,
        class_code=code.code,
        class_name=code.name,
        residency=Residency.RESIDENT if holding.resident else Residency.NON_RESIDENT,
        active=not lapsed,
        issue_date=issued,
        expiration_date=expires,
        updated_date=_between(dice, issued, holding.as_of),
        branch_id="00001" if holding.who.is_firm else "",
        lines=lines,
    )


def line_codes(place: Jurisdiction, categories: Sequence[str]) -> list[Coded]:
    """The state's codes for these categories; states that merge two categories into one line give one."""
    return list(dict.fromkeys(place.lines[category] for category in categories)) or [NO_LINE]


def _make_lines(
    holding: Holding, dice: Random, expires: date | None, *, lapsed: bool
) -> tuple[LineOfAuthority, ...]:
    lines: list[LineOfAuthority] = []
    for coded in line_codes(holding.place, holding.categories):
        issued = holding.issued if dice.random() < 0.8 else _between(dice, holding.issued, holding.as_of)
        line = active_line(coded, issued, expires, resident=holding.resident, firm=holding.who.is_firm)
        draw = dice.random()
        if lapsed:
            line = end_line(line, expires or holding.as_of, "Failure to renew")
        elif draw < 0.06 and lines:
            line = end_line(line, _between(dice, issued, holding.as_of), "Voluntary Surrender")
        elif draw > 0.94 and line.ce_compliance == "In compliance":
            line = replace(line, ce_compliance="Non-compliant", ce_credits_needed=dice.choice((12, 24)))
        lines.append(line)
    return tuple(lines)


def active_line(
    coded: Coded, issued: date, expires: date | None, *, resident: bool, firm: bool = False
) -> LineOfAuthority:
    """A line in force. Only the resident state follows continuing education."""
    follows = resident and not firm
    return LineOfAuthority(
        code=coded.code,
        name=coded.name,
        issue_date=issued,
        status="Active",
        status_reason_date=issued,
        ce_compliance="In compliance" if follows else "N/A" if firm else "N/S",
        ce_renewal_date=expires if follows else None,
        ce_credits_needed=0,
    )


def end_line(line: LineOfAuthority, day: date, reason: str) -> LineOfAuthority:
    return LineOfAuthority(
        code=line.code,
        name=line.name,
        issue_date=line.issue_date,
        status="Inactive",
        status_reason=reason,
        status_reason_date=day,
        ce_compliance="N/S",
        ce_renewal_date=None,
        ce_credits_needed=0,
    )


def _between(dice: Random, first: date, last: date) -> date:
    return first + timedelta(days=dice.randrange(max(1, (last - first).days)))
