"""Small reports, as the registry would send them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from nipr.wire.messages import (
    Appointment,
    Biographic,
    EntityAlert,
    EntityReport,
    EntityType,
    License,
    LineOfAuthority,
    Residency,
    StateAlert,
)

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
WEDNESDAY = datetime(2026, 3, 4, 12, tzinfo=UTC)


def line(code: str = "16", name: str = "Life", **fields: Any) -> LineOfAuthority:
    given = {"issue_date": date(2015, 1, 5), "status": "Active", "ce_credits_needed": 12}
    return LineOfAuthority(code, name, **{**given, **fields})


def license_in(state: str, number: str = "A1", **fields: Any) -> License:
    given = {
        "class_code": "3",
        "class_name": "Insurance Producer",
        "residency": Residency.NON_RESIDENT,
        "active": True,
        "issue_date": date(2015, 1, 5),
        "expiration_date": date(2027, 2, 28),
        "lines": (line(),),
    }
    return License(state, number, **{**given, **fields})


def appointment_in(state: str, cocode: str = "00101", **fields: Any) -> Appointment:
    given = {
        "company_name": "Lanternfish Life Assurance Co",
        "fein": "00-0000101",
        "loa_code": "16",
        "loa": "Life",
        "status": "Appointed",
        "status_date": date(2022, 4, 15),
    }
    return Appointment(state=state, cocode=cocode, **{**given, **fields})


def report_on(npn: str, *licenses: License, who: dict[str, Any] | None = None, **fields: Any) -> EntityReport:
    """An individual with these licences; one in Oregon when none is given."""
    biographic = Biographic(npn, **{"last_name": "OAKES", "first_name": "IDA", **(who or {})})
    held = licenses or (license_in("OR", residency=Residency.RESIDENT),)
    return EntityReport(EntityType.INDIVIDUAL, biographic, licenses=held, **fields)


def without_licenses(report: EntityReport) -> EntityReport:
    return replace(report, licenses=())


def alert_on(npn: str, *states: StateAlert) -> EntityAlert:
    return EntityAlert(npn, EntityType.INDIVIDUAL, states=states)
