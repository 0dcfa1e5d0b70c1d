"""Appointments of a producer over REST, as they are and as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from appointments.models import Appointment
from tests.appointments.conftest import appoint

pytestmark = pytest.mark.django_db
ADDRESS = "/producers/88100001/appointments"
MARCH, JUNE = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def terminated(ines):
    """Appointed in 2024, terminated on 15 May 2026, which became known on 1 June."""
    old = appoint(ines, known_from=MARCH, status_date=date(2024, 2, 1))
    Appointment.objects.filter(pk=old.pk).update(known_to=JUNE)
    appoint(
        ines,
        known_from=JUNE,
        status="Terminated",
        status_date=date(2026, 5, 15),
        termination_reason="VOLUNTARY",
    )


def statuses(api, **query: str) -> list[str]:
    return [row["status"] for row in api.get(ADDRESS, query).json()["results"]]


def test_an_appointment_reads_as_the_registry_gave_it(api, ines):
    appoint(ines, fein="000000771", county_code="001", status_date=date(2024, 2, 1), known_from=MARCH)
    (said,) = api.get(ADDRESS).json()["results"]
    assert said == {
        "state": "CA",
        "company_name": "Heron Life Insurance Co",
        "cocode": "77001",
        "fein": "00-0000771",
        "loa_code": "16",
        "loa": "Life",
        "status": "Appointed",
        "status_date": "2024-02-01",
        "renewal_date": None,
        "termination_reason": "",
        "county_code": "001",
        "branch_id": "",
        "state_company_id": "",
        "known_from": "2026-03-01T12:00:00Z",
        "known_to": None,
        "removed_at": None,
    }


def test_terminated_ones_are_told_too(api, terminated):
    assert statuses(api) == ["Terminated"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"known_at": "2026-05-31"}, ["Appointed"]),
        ({"known_at": "2026-06-02"}, ["Terminated"]),
        ({"on": "2026-05-14"}, ["Appointed"]),
        ({"on": "2026-05-15"}, ["Terminated"]),
        ({"on": "2026-05-20", "known_at": "2026-05-31"}, ["Appointed"]),
        ({"on": "2024-01-31"}, []),
        ({"known_at": "2026-02-01"}, []),
    ],
)
def test_the_past_reads_as_it_was(api, terminated, query, expected):
    assert statuses(api, **query) == expected


def test_appointments_come_in_pages(api, ines):
    for state in ("CA", "OR", "TX"):
        appoint(ines, state)
    first = api.get(f"{ADDRESS}?page_size=2").json()
    second = api.get(first["next"]).json()
    assert [row["state"] for row in first["results"] + second["results"]] == ["CA", "OR", "TX"]
