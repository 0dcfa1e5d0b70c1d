"""Programs that upload crates, and jobs that run when the test says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart

from core.imports import types
from core.imports.models import ImportRun
from core.jobs import services as jobs
from core.jobs.runner import run_job
from tests.core.api.machine import Machine
from tests.core.imports.files.crates import CRATES, csv_of

BOUNDARY = "frontier"


@pytest.fixture(autouse=True)
def _crates(db, monkeypatch):
    monkeypatch.setattr(types, "_types", {**types._types, "crate": CRATES})
    monkeypatch.setattr(jobs.current_app, "send_task", lambda *_args, **_kwargs: None, raising=False)


class Program(Machine):
    """A client that uploads."""

    def upload(
        self, *lines: str, key: str = "", name: str = "crates.csv", content: bytes = b"", **fields: Any
    ):
        """Send a file of crates; fields go along."""
        content = content or csv_of(*lines)
        parts = {"type": "crate", "file": SimpleUploadedFile(name, content, "text/csv"), **fields}
        return self.send_parts({part: value for part, value in parts.items() if value is not None}, key=key)

    def send_parts(self, parts: dict[str, Any], key: str = ""):
        return self.send_raw_parts(encode_multipart(BOUNDARY, parts), key=key)

    def send_raw_parts(self, body: bytes, key: str = "", path: str = "/imports"):
        headers = self._headers({"Idempotency-Key": key} if key else {})
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.http.generic("POST", f"/api/v1{path}", body, kind, headers=headers)

    def read(self, *lines: str, **how: Any) -> dict[str, Any]:
        """Upload and have the file read."""
        said = self.upload(*lines, **how).json()
        return self.work(said["id"])

    def work(self, run_id: int) -> dict[str, Any]:
        """Run the job of an upload, and read what became of it."""
        run_job(ImportRun.objects.get(pk=run_id).job_id)
        return self.get(f"/imports/{run_id}").json()

    def do(self, run_id: int, what: str, body: object | None = None, **headers: str):
        return self.post(f"/imports/{run_id}/{what}", {} if body is None else body, **headers)


@pytest.fixture
def program(db) -> Program:
    """May do all that programs may."""
    return Program("read write submit")


@pytest.fixture
def writer(db) -> Program:
    """May spend nothing."""
    return Program("read write", "Careful")


@pytest.fixture
def reader(db) -> Program:
    """May only look."""
    return Program("read", "Curious")
