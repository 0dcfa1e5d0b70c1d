from __future__ import annotations

import pytest

from tests.appointments.api.market import open_market
from tests.appointments.handling.cast import build_world


@pytest.fixture
def world(db: None) -> None:
    """Oregon, one company, and the lines it does business in."""
    build_world()


@pytest.fixture
def market(db: None) -> None:
    """States and companies that differ."""
    open_market()
