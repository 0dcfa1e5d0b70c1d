from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.appointments.handling.cast import build_world


@pytest.fixture
def world(db: None) -> None:
    """Rules, fees, one company, and the lines it does business in."""
    build_world()


@pytest.fixture
def connection_queries() -> Callable[[Callable[[], object]], int]:
    """How many statements a call takes."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count
