from __future__ import annotations

import pytest

from tests.appointments.api.market import open_market
from tests.core.api.machine import Machine


@pytest.fixture
def api(states) -> Machine:
    """A client that may read and write; four states are on file."""
    return Machine("read write")


@pytest.fixture
def market(db) -> None:
    """States and companies that differ."""
    open_market()


@pytest.fixture
def clerk(market) -> Machine:
    """A client that prepares and spends nothing."""
    return Machine("read write")


@pytest.fixture
def spender(market) -> Machine:
    """A client that may spend too."""
    return Machine("read write submit", "Payroll")
