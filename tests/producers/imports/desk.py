"""Uploads of producers for tests: rows as dicts, files of them, and jobs that run when the test says so."""

from __future__ import annotations

import csv
import io
from typing import Any

from core.actor import Actor
from core.imports import services
from core.imports.enums import WORTH_PROCESSING
from core.imports.models import ImportRow, ImportRun
from core.jobs.runner import run_job
from producers.imports import AGENT, ASSIGNMENT
from producers.models import Producer, ProducerAssignment

TASK = Actor.task("tests")
Row = dict[str, str]


def agent(number: int = 1, **cells: str) -> Row:
    """A row of somebody with an agency on file; cells on top, blank ones to leave them out."""
    return {
        "agency_npn": "9900001",
        "first_name": "Ines",
        "last_name": "Abernathy",
        "agent_npn": f"8810000{number}",
    } | cells


def assigned(number: int = 1, **cells: str) -> Row:
    """The same with an assignment."""
    return agent(number, states="OR", loa_category="life", scorecard_type="license") | cells


class Desk:
    """Somebody who uploads."""

    def __init__(self, actor: Actor = TASK) -> None:
        self.actor = actor

    def file(self, rows: list[Row], columns: list[str] | None = None) -> bytes:
        names = columns or list(dict.fromkeys(name for row in rows for name in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()

    def read(self, *rows: Row, kind: str = AGENT.name) -> ImportRun:
        """A run whose rows are judged."""
        run = services.upload(kind, f"{kind}.csv", self.file(list(rows)), {}, actor=self.actor, again=True)
        return self.work(run)

    def process(self, run: ImportRun) -> ImportRun:
        """Where no row waits there is nothing to process."""
        if not run.rows.filter(outcome__in=WORTH_PROCESSING).exists():
            return run
        return self.work(services.process(run, actor=self.actor))

    def processed(self, *rows: Row, kind: str = AGENT.name) -> ImportRun:
        """A run whose good rows are written."""
        return self.process(self.read(*rows, kind=kind))

    def assigned(self, *rows: Row) -> ImportRun:
        return self.processed(*rows, kind=ASSIGNMENT.name)

    def undone(self, run: ImportRun) -> ImportRun:
        return self.work(services.undo(run, actor=self.actor))

    def work(self, run: ImportRun) -> ImportRun:
        run_job(run.job_id)
        run.refresh_from_db()
        assert run.status in {"parsed", "done"}, (run.status, run.question, run.message)
        return run


def row(run: ImportRun, number: int = 2) -> ImportRow:
    """A row of a file by its number; the first behind the header is 2."""
    return run.rows.get(number=number)


def outcomes(run: ImportRun) -> list[str]:
    """Outcome of each row, in their order."""
    return list(run.rows.order_by("number").values_list("outcome", flat=True))


def errors(run: ImportRun, number: int = 2) -> list[tuple[str, str]]:
    """``(column, code)`` of each error of a row."""
    return [(each["column"], each["code"]) for each in row(run, number).problems_of("error")]


def warnings(run: ImportRun, number: int = 2) -> list[tuple[str, str]]:
    """``(column, code)`` of each warning of a row."""
    return [(each["column"], each["code"]) for each in row(run, number).problems_of("warning")]


def person(number: int = 1) -> Producer:
    """Whom ``agent(number)`` is about."""
    return Producer.objects.get(npn=f"8810000{number}")


def state_of_the_world() -> tuple[Any, ...]:
    """Everybody, their agencies and what they should hold, without ids and times."""
    people = Producer.objects.order_by("npn").values_list(
        "npn", "entity_type", "first_name", "last_name", "company_name", "email", "ssn", "ssn_hash", "ssn_last4",
        "external_id", "sort_name", "agency__npn", "tracking", "dummy_npn",
    )  # fmt: skip
    assignments = ProducerAssignment.objects.values_list(
        "producer__npn", "states", "loa_categories", "cocodes", "agent_type", "scorecard_type", "ended_at"
    )
    return list(people), sorted(map(repr, assignments))
