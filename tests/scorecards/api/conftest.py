from __future__ import annotations

import pytest

from tests.core.api.machine import Machine


@pytest.fixture
def api(db) -> Machine:
    """A client that may read and write."""
    return Machine("read write")
