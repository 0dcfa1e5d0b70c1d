from __future__ import annotations

from collections.abc import Iterator

import pytest

from nipr.client import RegistryClient, RegistryConfig
from nipr.ledger import MemoryLedger
from tests.nipr import far_side as far


@pytest.fixture
def far_side() -> Iterator[far.FarSide]:
    with far.running() as server:
        yield server


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def client(far_side: far.FarSide, ledger: MemoryLedger) -> Iterator[RegistryClient]:
    config = RegistryConfig(far_side.url, "user", "s3cret", timeout=5.0, backoff=0.01)
    with RegistryClient(config, ledger) as made:
        yield made
