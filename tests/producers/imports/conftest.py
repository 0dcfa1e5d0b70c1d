"""An agency on file, and somebody who uploads."""

from __future__ import annotations

import pytest

from core.jobs import services as jobs
from producers.models import Producer
from tests.producers.cast import put_on_file
from tests.producers.imports.desk import Desk
from tests.producers.sync.conftest import simulator  # noqa: F401 - a registry on a socket


@pytest.fixture(autouse=True)
def _nothing_runs_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs.current_app, "send_task", lambda *_args, **_kwargs: None, raising=False)


@pytest.fixture
def harbor(db: None) -> Producer:
    """The agency of most rows."""
    return put_on_file("9900001", entity_type="firm", company_name="Blue Harbor Agency")


@pytest.fixture
def desk(states: None, heron: str, harbor: Producer) -> Desk:
    """Three states, one company and one agency are on file."""
    return Desk()
