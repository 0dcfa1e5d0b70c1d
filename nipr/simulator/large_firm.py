"""A carrier-owned agency: one entity with as many appointments as asked for, made while they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from nipr.simulator.reference import carriers, jurisdictions
from nipr.wire.messages import (
    Address,
    Appointment,
    AppointmentStatus,
    Biographic,
    EntityReport,
    EntityType,
    License,
    LineOfAuthority,
    Residency,
)

LARGE_FIRM_NPN = "99009999"
STATE = "TX"


def large_firm(as_of: date) -> EntityReport:
    """The firm without its appointments, which :func:`appointments` yields one by one."""
    place = jurisdictions()[STATE]
    issued = date(1999, 9, 9)
    line = place.lines["life"]
    return EntityReport(
        entity_type=EntityType.FIRM,
        biographic=Biographic(
            npn=LARGE_FIRM_NPN,
            company_name="Colossus Cove Agency of the Carrier Inc",
            fein="00-0009999",
            state_domicile=STATE,
        ),
        addresses=(
            Address(
                STATE,
                "2",
                "Business",
                "1 FICTION PLZ",
                "",
                "",
                "NOWHERE",
                STATE,
                "75000",
                "U.S.A.",
                as_of,
                "00001",
            ),
        ),
        licenses=(
            License(
                state=STATE,
                number="9999999",
                class_code=place.firm_class.code,
                class_name=place.firm_class.name,
                residency=Residency.RESIDENT,
                active=True,
                issue_date=issued,
                expiration_date=date(as_of.year + 2, 9, 30),
                updated_date=as_of,
                branch_id="00001",
                lines=(LineOfAuthority(line.code, line.name, issued, "Active", "", issued, "N/A", None, 0),),
            ),
        ),
    )


def appointments(count: int, as_of: date) -> Iterator[Appointment]:
    """``count`` rows with natural keys of their own: carrier, line, county and branch."""
    pool, place = carriers(), jurisdictions()[STATE]
    codes = tuple(dict.fromkeys(place.lines.values()))
    for number in range(count):
        rest, position = divmod(number, len(pool))
        branch, line = divmod(rest, len(codes))
        carrier, coded = pool[position], codes[line]
        yield Appointment(
            state=STATE,
            company_name=carrier.name,
            cocode=carrier.cocode,
            fein=carrier.fein,
            loa_code=coded.code,
            loa=coded.name,
            status=AppointmentStatus.APPOINTED,
            status_date=as_of - timedelta(days=number % 3000),
            renewal_date=None,
            branch_id=f"{branch + 1:05d}",
        )
