"""The world in which tests of this room ask."""

from __future__ import annotations

import pytest

from producers.models import Producer
from tests.appointments.asking import world


@pytest.fixture
def place(db: None) -> None:
    """States, rules, carriers and business rules."""
    world.build()


@pytest.fixture
def ines(place: None) -> Producer:
    """A producer whose license in California carries every line."""
    return world.licensed()
