"""The world in which tests of uploads ask: that of request sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from appointments.imports import APPOINTMENT, TERMINATE
from core.imports import types
from core.jobs import services as jobs
from tests.appointments.asking import world
from tests.appointments.asking.conftest import ines, place  # noqa: F401 - fixtures of another room


@pytest.fixture(autouse=True)
def _types(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = dict(types._types)
    types.register(APPOINTMENT)
    types.register(TERMINATE)
    monkeypatch.setattr(jobs.current_app, "send_task", lambda *_args, **_kwargs: None, raising=False)
    yield
    types._types.clear()
    types._types.update(before)


@pytest.fixture
def people(place: None) -> list[str]:  # noqa: F811
    """NPNs of six producers, each with a license for everything in California and Texas."""
    npns = [str(88_200_000 + number) for number in range(6)]
    for npn in npns:
        world.license_of(world.licensed(npn), "TX", residency="NR")
    return npns


@pytest.fixture
def two_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Request sets are carried out two requests at a time."""
    monkeypatch.setattr("appointments.services.asking.chunks.CHUNK", 2)


Statements = Callable[[Callable[[], object]], int]
