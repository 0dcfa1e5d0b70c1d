"""The real client and a simulator, with a socket between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from nipr.client import RegistryClient, RegistryConfig
from nipr.ledger import MemoryLedger
from nipr.simulator.testing import RunningSimulator, running_simulator

ClientFactory = Callable[..., RegistryClient]


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator(producers=40) as running:
        yield running


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def client_at(ledger: MemoryLedger) -> Iterator[ClientFactory]:
    """Clients of any address, closed when the test ends; one attempt, unless it asks for more."""
    clients: list[RegistryClient] = []

    def connect(url: str, **options: object) -> RegistryClient:
        settings = {
            "username": "simulator",
            "password": "simulator",
            "timeout": 5.0,
            "attempts": 1,
            "backoff": 0.01,
        }
        config = RegistryConfig(url_template=url, **{**settings, **options})
        clients.append(RegistryClient(config, ledger))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def client(simulator: RunningSimulator, client_at: ClientFactory) -> RegistryClient:
    return client_at(simulator.base_url)
