"""Appointments: one row for each company, line and (in Florida, for property and casualty) county."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from nipr.simulator.reference import (
    BLANK_LOA_STATES,
    FLORIDA_COUNTIES,
    Carrier,
    Jurisdiction,
    carriers,
    jurisdictions,
)
from nipr.wire.messages import Appointment, AppointmentStatus, License

PERPETUAL = date(9999, 12, 31)
TERMINATION_REASONS = ("Not supplied", "Not supplied", "Not for Cause", "Not for Cause", "For Cause")
COUNTY_CATEGORIES = frozenset({"property", "casualty", "personal"})


def make_appointments(licenses: tuple[License, ...], dice: Random, as_of: date) -> tuple[Appointment, ...]:
    """What the entity's carriers have filed in the states where it is licensed."""
    mine = dice.sample(carriers(), dice.randint(1, 4))
    rows: list[Appointment] = []
    for lic in licenses:
        if not jurisdictions()[lic.state].appoints:
            continue
        for carrier in mine:
            if dice.random() < 0.7:
                rows.extend(_filed(lic, carrier, dice, as_of))
    return tuple(rows)


def appointment_rows(
    lic: License, carrier: Carrier, day: date, *, renews: date | None = None, counties: tuple[str, ...] = ()
) -> Iterator[Appointment]:
    """The rows one filing gives: each line of the licence that the carrier writes.

    States that do not say which line give one row for the company.
    """
    shared = list(_shared_lines(lic, carrier, jurisdictions()[lic.state]))
    row = _row(lic, carrier, day, renews or date(day.year + 1, 3, 31))
    if lic.state in BLANK_LOA_STATES and shared:
        yield row
        return
    for code, category in shared:
        name = next(line.name for line in lic.lines if line.code == code)
        in_counties = counties if lic.state == "FL" and category in COUNTY_CATEGORIES else ()
        for county in in_counties or ("",):
            yield replace(row, loa_code=code, loa=name, county_code=county)


def _shared_lines(lic: License, carrier: Carrier, place: Jurisdiction) -> Iterator[tuple[str, str]]:
    written = {place.lines[category].code: category for category in carrier.categories}
    for line in lic.lines:
        if line.code in written:
            yield line.code, written[line.code]


def _row(lic: License, carrier: Carrier, day: date, renews: date) -> Appointment:
    return Appointment(
        state=lic.state,
        company_name=carrier.name,
        cocode=carrier.cocode,
        fein=carrier.fein,
        loa_code="",
        loa="",
        status=AppointmentStatus.APPOINTED,
        status_date=day,
        renewal_date=_renewal(lic.state, carrier, renews),
        branch_id=lic.branch_id,
        state_company_id=f"{carrier.name[0]}-{carrier.fein[-2:]}" if carrier.cocode.endswith("7") else "",
    )


def _renewal(state: str, carrier: Carrier, renews: date) -> date | None:
    """Some states never renew and write a far-future date, some say nothing, the others renew each spring."""
    if state in {"TX", "NH"}:
        return PERPETUAL
    return None if carrier.fein.endswith(("1", "4")) else renews


def _filed(lic: License, carrier: Carrier, dice: Random, as_of: date) -> Iterator[Appointment]:
    start = lic.issue_date or as_of
    day = start + timedelta(days=dice.randrange(max(1, (as_of - start).days)))
    counties = tuple(sorted(dice.sample(FLORIDA_COUNTIES, 2)))
    ended = not lic.active or dice.random() < 0.1
    spring = date(as_of.year + 1, 3, 31)
    for row in appointment_rows(lic, carrier, day, renews=spring, counties=counties):
        if not ended:
            yield row
            continue
        later = day + timedelta(days=dice.randrange(max(1, (as_of - day).days)))
        yield terminated(row, later, dice.choice(TERMINATION_REASONS))


def terminated(row: Appointment, day: date, reason: str) -> Appointment:
    """The row as the registry keeps it after a termination: beside the current ones, with a reason."""
    return replace(
        row,
        status=AppointmentStatus.TERMINATED,
        status_date=day,
        renewal_date=None,
        termination_reason=reason,
    )
