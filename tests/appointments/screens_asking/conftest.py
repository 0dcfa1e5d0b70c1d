"""What the tests of these screens may use: the world in which is asked, and people's browsers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from appointments.models import Company
from core.accounts.models import User
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


@pytest.fixture
def heron(place: None) -> Company:
    """The carrier that appoints for life and health."""
    return Company.objects.get(cocode=world.HERON)


@pytest.fixture
def submitter(sue: User, client_of: Callable[[User], Client]) -> Client:
    """Sue's browser."""
    return client_of(sue)
