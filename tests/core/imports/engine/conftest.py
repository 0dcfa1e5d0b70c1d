"""A type of upload, a cast, and jobs that run when the test says so."""

from __future__ import annotations

import pytest

from core.actor import Actor
from core.imports import services, types
from core.imports.models import ImportRow, ImportRun
from core.jobs import context
from core.jobs import services as jobs
from core.jobs.models import Job
from core.jobs.runner import run_job
from tests.core.imports.engine import parcels

TASK = Actor.task("tests")


@pytest.fixture(autouse=True)
def upload(db, monkeypatch):
    """The parcels; the other types come back afterwards."""
    before = dict(types._types)
    monkeypatch.setattr(jobs.current_app, "send_task", lambda *_args, **_kwargs: None, raising=False)
    monkeypatch.setattr(context, "WRITE_EVERY_SECONDS", 3600)
    yield parcels.registered()
    types._types.clear()
    types._types.update(before)


class Desk:
    """Uploads by somebody, with jobs run on the spot."""

    def __init__(self, actor: Actor = TASK) -> None:
        self.actor = actor

    def file(self, *lines: str, header: str = "name,weight,code,note") -> bytes:
        return "\n".join([header, *lines]).encode()

    def upload(self, *lines: str, header: str = "name,weight,code,note", **how) -> ImportRun:
        content = how.pop("content", None) or self.file(*lines, header=header)
        options = how.pop("options", {})
        return services.upload(parcels.PARCELS, "parcels.csv", content, options, actor=self.actor, **how)

    def read(self, *lines: str, **how) -> ImportRun:
        return self.work(self.upload(*lines, **how))

    def work(self, run: ImportRun) -> ImportRun:
        """Run its job."""
        run_job(run.job_id)
        run.refresh_from_db()
        return run

    def processed(self, *lines: str, **how) -> ImportRun:
        return self.work(services.process(self.read(*lines, **how), actor=self.actor))

    def job(self, run: ImportRun) -> Job:
        return Job.objects.get(pk=run.job_id)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def row(run: ImportRun, number: int) -> ImportRow:
    return ImportRow.objects.get(run=run, number=number)


def outcomes(run: ImportRun) -> list[tuple[int, str, str]]:
    """``(number, outcome, state)`` of each row."""
    return list(run.rows.order_by("number").values_list("number", "outcome", "state"))
