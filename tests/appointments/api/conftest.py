from __future__ import annotations

import pytest

from tests.core.api.machine import Machine


@pytest.fixture
def api(states) -> Machine:
    """A client that may read and write; four states are on file."""
    return Machine("read write")
