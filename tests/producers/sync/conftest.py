"""A registry that runs, and producers on file to sync with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from nipr.simulator.testing import START, RunningSimulator, running_simulator
from producers.enums import SyncRunKind
from producers.models import Producer, SyncRun
from producers.sync import nightly, reading
from producers.sync.reporting import PlainReporter
from producers.sync.runs import add_items, open_run
from tests.producers.sync.moments import at_noon_of

MAREN = "99000017"
PUDDLEJUMP = "99000900"


@pytest.fixture
def simulator(settings: Settings) -> Iterator[RunningSimulator]:
    """Forty entities and the two of the documents, on Monday the second of March."""
    with running_simulator(producers=40) as running:
        settings.NIPR_URL_TEMPLATE = running.base_url
        settings.NIPR_USERNAME, settings.NIPR_PASSWORD = running.username, running.password
        settings.NIPR_TIMEOUT = 5
        with at_noon_of(START):
            yield running


@pytest.fixture
def on_file(db: None) -> Callable[..., list[Producer]]:
    """Producers known by their NPNs alone."""

    def put(*npns: str, **fields: Any) -> list[Producer]:
        return [Producer.objects.create(npn=npn, **fields) for npn in npns]

    return put


@pytest.fixture
def maren(on_file: Callable[..., list[Producer]]) -> Producer:
    [producer] = on_file(MAREN)
    return producer


@pytest.fixture
def log() -> list[str]:
    """What a run said."""
    return []


@pytest.fixture
def sync(log: list[str]) -> Callable[..., SyncRun]:
    """Reads the full reports of some producers, here and now."""

    def read(*producers: Producer, **options: Any) -> SyncRun:
        run = open_run(SyncRunKind.SELECTION, asked_by="A test", reason="Because", **options)
        add_items(run, [producer.pk for producer in producers])
        return reading.carry_out(run, PlainReporter(log.append))

    return read


@pytest.fixture
def sync_nightly(log: list[str], simulator: RunningSimulator) -> Callable[[], SyncRun]:
    """A night of the simulator's day."""

    def night() -> SyncRun:
        run = open_run(SyncRunKind.NIGHTLY, asked_by="A test", reason="Nightly sync")
        with at_noon_of(simulator.today):
            return nightly.carry_out(run, PlainReporter(log.append))

    return night
