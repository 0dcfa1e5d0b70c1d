"""What tests of this room may use."""

from __future__ import annotations

from typing import Any

import pytest

from appointments.models import Appointment, Company
from appointments.services import create_company
from core import clock
from producers.models import Producer
from tests.producers.cast import TESTER
from tests.producers.conftest import ines, states  # noqa: F401 - fixtures of the room below

HERON: dict[str, Any] = {
    "name": "Heron Life Insurance Co",
    "cocode": "77001",
    "loa_categories": ["life", "health"],
}


@pytest.fixture
def heron(states: None) -> Company:  # noqa: F811
    """A company active in California."""
    return create_company(HERON, [{"state": "CA"}], actor=TESTER)  # type: ignore[arg-type]


def appoint(producer: Producer, state: str = "CA", **fields: Any) -> Appointment:
    """An appointment at the registry, known since now."""
    given = {
        "company_key": "77001",
        "company_name": "Heron Life Insurance Co",
        "cocode": "77001",
        "loa_code": "16",
        "loa": "Life",
        "status": "Appointed",
        "known_from": clock.now(),
    }
    return Appointment.objects.create(producer=producer, state=state, **(given | fields))
