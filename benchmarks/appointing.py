"""10,000 requests for appointments, 4 lines each: judged, priced and written; judged alone beside it; planned.

``python -m benchmarks.appointing``, or with ``--requests 1000`` for a quick look. 2,500 producers with licenses in nine
of ten states and a quarter of the appointments they could have; each is asked for by two companies in two states.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from benchmarks import scratch
from benchmarks.tables import show

STATES = ("AL", "CA", "FL", "GA", "KS", "NC", "NM", "OH", "TX", "WA")
LINES = {
    "casualty": ("11", "Casualty"),
    "health": ("935", "Health"),
    "life": ("16", "Life"),
    "property": ("12", "Property"),
}
COMPANIES = ("77001", "77002")
REQUESTS_A_PRODUCER = 4
ADVANCE = 'UPDATE "appointments_bulkrequest" SET "'
"""The statement that ends a chunk."""


def main() -> None:
    """Measure on the database of DATABASE_URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    count = parser.parse_args().requests
    with scratch.database("appointing") as vendor:
        fill(count // REQUESTS_A_PRODUCER)
        requests = list(asked_for(count))
        held = megabytes()
        rows = [judging(requests), planning(requests), writing(requests), answering(count)]
        show(
            f"{count:,} requests of 4 lines on {vendor}",
            ("Pass", "Requests/s", "Seconds", "CPU ms each", "Statements a chunk of 500", "What came out"),
            rows,
        )
        print(f"\n  Memory: {held:,.0f} MB before, {megabytes():,.0f} MB at most.")


def fill(producers: int) -> None:
    """Carriers, business rules, and producers with licenses and appointments."""
    from appointments.models import Company, CompanyState, GatewayBusinessRule

    for cocode in COMPANIES:
        company = Company.objects.create(name=f"Company {cocode}", cocode=cocode, loa_categories=list(LINES))
        CompanyState.objects.bulk_create(
            CompanyState(company=company, state=state, agent_types=["producer"]) for state in STATES
        )
    GatewayBusinessRule.objects.bulk_create(
        GatewayBusinessRule(state=state, loa_code=code) for state in STATES for code, _name in LINES.values()
    )
    for first in range(0, producers, 500):
        _fill_chunk(range(first, min(first + 500, producers)))


def _fill_chunk(numbers: range) -> None:
    from core import clock
    from producers.models import Producer

    people = Producer.objects.bulk_create(
        Producer(
            npn=str(90_000_000 + number),
            last_name=f"N{number}",
            sort_name=f"n{number}",
            tracking="active",
            last_synced_at=clock.now(),
            sync_status="success",
        )
        for number in numbers
    )
    for rows in zip(*map(_facts, people), strict=True):
        flat = [row for each in rows for row in each]
        type(flat[0])._default_manager.bulk_create(flat)


def _facts(producer: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Licenses in nine of the ten states, nine of ten lines on them, and every fourth of the appointments."""
    from appointments.models import Appointment
    from core import clock
    from producers.models import License, LicenseLine

    dice, today = random.Random(producer.pk), clock.today()
    licenses, lines, appointments = [], [], []
    for state in dice.sample(STATES, 9):
        place = {"producer": producer, "state": state, "known_from": clock.now()}
        key = {**place, "license_number": f"{state}{producer.pk}"}
        held = {"license_class": "Insurance Producer", "active": True}
        expires = today + timedelta(days=dice.randint(-60, 700))
        residency = "R" if state == "CA" else "NR"
        licenses.append(License(**key, **held, residency=residency, expiration_date=expires))
        for code, name in LINES.values():
            line = {"loa_code": code, "loa": name}
            if dice.random() < 0.9:
                lines.append(LicenseLine(**key, **line, status="Active"))
            appointments += [
                Appointment(
                    **place, **line, cocode=cocode, company_key=cocode, status="Appointed", status_date=today
                )
                for cocode in COMPANIES
                if dice.random() < 0.25
            ]
    return licenses, lines, appointments


def asked_for(count: int) -> Iterator[dict[str, Any]]:
    """Requests in no particular order: a producer's four are far from each other."""
    producers = count // REQUESTS_A_PRODUCER
    for number in range(count):
        turn, producer = divmod(number, producers)
        yield {
            "npn": str(90_000_000 + producer),
            "state": STATES[(producer + turn // 2) % len(STATES)],
            "cocode": COMPANIES[turn % 2],
            "loa_categories": list(LINES),
            "external_id": f"row-{number}",
        }


def judging(requests: list[dict[str, Any]]) -> tuple[object, ...]:
    """Judging and pricing alone, facts in hand: no database."""
    from appointments.services.asking import appointments, chunks, judging, known
    from appointments.services.asking import requests as shapes

    rows = [row.as_json() for row in appointments.read(requests)]
    watch, lines = Watch(), 0
    for indexes in chunks.chunks(rows):
        asked = shapes.kept_appointments(rows, indexes)
        facts = known.for_appointments(asked, lock=False)
        with watch:
            lines += len(judging.judge_appointments(facts, asked).drafts)
    return "Judging alone", *watch.figures(len(requests)), "none", f"{lines:,} lines"


def planning(requests: list[dict[str, Any]]) -> tuple[object, ...]:
    """A dry run: judged, nothing written but the plan."""
    return run("Dry run", requests, dry_run=True)


def writing(requests: list[dict[str, Any]]) -> tuple[object, ...]:
    """Judged and written."""
    return run("Judged and written", requests, dry_run=False)


def run(name: str, requests: list[dict[str, Any]], *, dry_run: bool) -> tuple[object, ...]:
    """The way of a job: shapes read, then chunk by chunk."""
    from appointments.enums import TransactionKind
    from appointments.services.asking import appointments, running, sets
    from core.actor import Actor

    watch = Watch()
    with watch, statements_a_chunk() as counts:
        rows = [row.as_json() for row in appointments.read(requests)]
        flags = {"dry_run": dry_run}
        bulk = sets.put_on_file(TransactionKind.APPOINTMENT, rows, Actor.task("benchmark"), None, flags)
        running.run(bulk)
    out = ", ".join(f"{number:,} {status}" for status, number in sorted(bulk.counts["status"].items()))
    if bulk.plan:
        out += f"; plan of {len(bulk.plan) / 1e6:,.1f} MB"
    return name, *watch.figures(len(requests)), constant(counts), out


def answering(count: int) -> tuple[object, ...]:
    """The answer of the last run as a streamed reply."""
    from appointments.models import BulkRequest
    from appointments.services.asking.answer import answer_text

    watch = Watch()
    with watch:
        size = sum(map(len, answer_text(BulkRequest.objects.latest("created_at"))))
    return "Answered", *watch.figures(count), "none", f"{size / 1e6:,.0f} MB of JSON"


@contextmanager
def statements_a_chunk() -> Iterator[list[int]]:
    """How many statements each chunk took, once it is over. COPY is not counted, being none that Django sees."""
    from django.db import connection

    counts: list[int] = []
    since = 0

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal since
        since += 1
        answer = execute(sql, params, many, context)
        if sql.startswith(ADVANCE) and '"done"' in sql:
            counts.append(since)
            since = 0
        return answer

    with connection.execute_wrapper(count):
        yield counts


def constant(counts: list[int]) -> str:
    """The number that all chunks share. The first reads the rule book too, and what hears of it reads its settings."""
    later = set(counts[2:] or counts)
    return f"constant: {later.pop()}" if len(later) == 1 else f"DIFFER: {sorted(later)}"


class Watch:
    """Adds up what is spent inside it, on the clock and on the processor."""

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0

    def __enter__(self) -> None:
        self._began, self._cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._began
        self.cpu += time.process_time() - self._cpu

    def figures(self, count: int) -> tuple[str, str, str]:
        return f"{count / self.seconds:,.0f}", f"{self.seconds:,.1f}", f"{self.cpu / count * 1000:.2f}"


def megabytes() -> float:
    """The most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
