"""What the tests of licensing may use."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.accounts.models import User
from producers.models import Producer
from tests.appointments.asking import world as asking
from tests.appointments.licensing import world


@pytest.fixture
def place(db: None) -> None:
    """States, their windows, fees, and the lines done business in."""
    world.build()


@pytest.fixture
def ines(place: None) -> Producer:
    """A resident of California, licensed there, whose forms are complete."""
    return world.complete(asking.licensed())


@pytest.fixture
def submitter(sue: User, client_of: Callable[[User], Client]) -> Client:
    """Sue's browser."""
    return client_of(sue)
