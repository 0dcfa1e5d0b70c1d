"""A registry on a socket, and settings that may send to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app

from nipr.simulator.testing import RunningSimulator, running_simulator
from tests.appointments.gateway.world import set_gateway


@pytest.fixture(scope="session")
def _simulator() -> Iterator[RunningSimulator]:
    with running_simulator(producers=10) as simulator:
        yield simulator


@pytest.fixture
def registry(
    db: None, settings: Any, _simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> RunningSimulator:
    """Empty books; it takes any NPN, decides at once, and answers questions. No message reaches a queue."""
    _simulator.gateway.reset()
    _simulator.registry.faults.clear()
    _simulator.gateway.configure(any_npn=True)
    settings.NIPR_URL_TEMPLATE = _simulator.base_url
    settings.NIPR_USERNAME, settings.NIPR_PASSWORD = _simulator.username, _simulator.password
    monkeypatch.setattr(current_app, "send_task", lambda *_args, **_kwargs: None)
    set_gateway()
    return _simulator
