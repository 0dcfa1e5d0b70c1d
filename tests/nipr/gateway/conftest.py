from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from nipr.client import RegistryClient, RegistryConfig
from nipr.ledger import MemoryLedger
from nipr.simulator.testing import RunningSimulator, running_simulator
from nipr.wire.gateway import GatewayReply, read_reply

Post = Callable[..., GatewayReply]


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator(producers=40) as running:
        yield running


@pytest.fixture
def client(simulator: RunningSimulator) -> Iterator[RegistryClient]:
    config = RegistryConfig(simulator.base_url, simulator.username, simulator.password)
    with RegistryClient(config, MemoryLedger()) as made:
        yield made


@pytest.fixture
def post(client: RegistryClient) -> Post:
    """Post a document over the socket and read the reply."""

    def posted(document: bytes, *, realtime: bool = False) -> GatewayReply:
        return read_reply(client.post_gateway(document, realtime=realtime, timeout=10).body)

    return posted
