from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.api.machine import Machine
from tests.core.api.world import World, make_world


@pytest.fixture
def machine(db, settings) -> Callable[..., Machine]:
    """Clients of a small API over parcels, which has nothing but what every view shares."""
    settings.ROOT_URLCONF = "tests.core.api.urls"
    return Machine


@pytest.fixture
def world(db) -> World:
    """One record of everything the product's API tells of."""
    return make_world()


@pytest.fixture
def reader(world) -> Machine:
    """A client that may only read."""
    return Machine("read", "Reader")


@pytest.fixture
def writer(world) -> Machine:
    """A client that may read and write."""
    return Machine("read write", "Payroll")


@pytest.fixture
def spender(world) -> Machine:
    """A client that may do all that clients may."""
    return Machine("read write submit", "Payroll")
