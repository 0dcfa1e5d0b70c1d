"""Uploads of parcels that are worked on by several at once, or by processes that die."""

from __future__ import annotations

import pytest

from core.imports import types
from core.jobs import services as jobs
from tests.concurrency.imports.blind import BlindUpload
from tests.core.conftest import _tables_of_small_models  # noqa: F401 - the parcels' table
from tests.core.imports.engine.conftest import Desk


@pytest.fixture(autouse=True)
def upload(transactional_db, monkeypatch):
    before = dict(types._types)
    monkeypatch.setattr(jobs.current_app, "send_task", lambda *_args, **_kwargs: None, raising=False)
    upload = BlindUpload()
    types.register(upload)
    yield upload
    types._types.clear()
    types._types.update(before)


@pytest.fixture
def desk() -> Desk:
    return Desk()
