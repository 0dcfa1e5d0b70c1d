"""10,000 producers with one assignment each, 10 states x 4 categories x 2 companies.

``python -m benchmarks.scorecards``, or with ``--producers 1000`` for a quick look.
A scorecard has 120 cells. Figures for computing all of them new, all again with nothing changed, and all again with a
fact of each changed; and what the list of scorecards asks of the database. ``--producers 1000`` for a quick look.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks import scratch
from benchmarks.tables import show

STATES = ("AZ", "CA", "FL", "GA", "IL", "NV", "NY", "OH", "TX", "WA")
LINES = {
    "casualty": ("33", "Casualty"),
    "health": ("935", "Health"),
    "life": ("16", "Life"),
    "property": ("12", "Property"),
}
COMPANIES = ("77001", "77002")
CHUNK = 2000


def main() -> None:
    """Measure on the database of DATABASE_URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--producers", type=int, default=10_000)
    count = parser.parse_args().producers
    with scratch.database("scorecards") as vendor:
        fill(count)
        show(
            f"Scorecards on {vendor}: {count:,} of 120 cells",
            ("Pass", "Scorecards/s", "Seconds", "CPU ms each", "Queries a batch of 500"),
            computing(count),
        )
        show(f"Lists over them on {vendor}", ("Question", "Median ms", "Slowest ms"), asking())
        show(f"Room on {vendor}", ("Table", "Rows", "MB"), room(vendor))


def fill(count: int) -> None:
    """Producers with nine or so licenses of four lines, and half of the appointments they should have."""
    from appointments.models import Company, CompanyState
    from scorecards import services

    for cocode in COMPANIES:
        company = Company.objects.create(name=f"Company {cocode}", cocode=cocode, loa_categories=list(LINES))
        CompanyState.objects.bulk_create(CompanyState(company=company, state=state) for state in STATES)
    for first in range(0, count, CHUNK):
        _fill_chunk(range(first, min(first + CHUNK, count)))
    assert services.ensure_scorecards() == count


def _fill_chunk(numbers: range) -> None:
    from core import clock
    from producers.models import Producer, ProducerAssignment

    asked = {"states": list(STATES), "loa_categories": list(LINES), "cocodes": list(COMPANIES)}
    producers = Producer.objects.bulk_create(
        Producer(
            npn=str(90_000_000 + number),
            last_name=f"N{number}",
            sort_name=f"n{number}",
            last_synced_at=clock.now(),
            sync_status="success",
        )
        for number in numbers
    )
    ProducerAssignment.objects.bulk_create(
        ProducerAssignment(producer=producer, scorecard_type="license_and_appointment", **asked)
        for producer in producers
    )
    for rows in zip(*(_facts(producer) for producer in producers), strict=True):
        flat = [row for each in rows for row in each]
        type(flat[0])._default_manager.bulk_create(flat)


def _facts(producer: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Licenses in nine of the ten states, nine of ten lines on them, and half of the appointments."""
    from appointments.models import Appointment
    from core import clock
    from producers.models import License, LicenseLine

    dice, today = random.Random(producer.pk), clock.today()
    licenses, lines, appointments = [], [], []
    for state in dice.sample(STATES, 9):
        place = {"producer": producer, "state": state, "known_from": clock.now()}
        key = {**place, "license_number": f"{state}{producer.pk}"}
        held = {
            "license_class": "Insurance Producer",
            "active": True,
            "residency": "R" if state == "CA" else "NR",
        }
        licenses.append(
            License(**key, **held, expiration_date=today + timedelta(days=dice.randint(-60, 700)))
        )
        for code, name in LINES.values():
            line = {"loa_code": code, "loa": name}
            if dice.random() < 0.9:
                lines.append(LicenseLine(**key, **line, status="Active"))
            appointments += [
                Appointment(
                    **place, **line, cocode=cocode, company_key=cocode, status="Appointed", status_date=today
                )
                for cocode in COMPANIES
                if dice.random() < 0.5
            ]
    return licenses, lines, appointments


def computing(count: int) -> list[tuple[object, ...]]:
    """The three passes, each with the queries of its first and of its last batch."""
    from appointments.models import Appointment

    rows = [_pass("All new", count), _pass("Nothing changed", count)]
    Appointment.objects.filter(state="TX", loa_code="16").update(status="Terminated")
    return [*rows, _pass("An appointment of each ended", count)]


def _pass(name: str, count: int) -> tuple[object, ...]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from scorecards import services
    from scorecards.models import Scorecard
    from scorecards.services.computing import BATCH

    ids = list(Scorecard.objects.order_by("pk").values_list("pk", flat=True))
    batches = [ids[first : first + BATCH] for first in range(0, count, BATCH)]
    queries: list[int] = []
    began, cpu = time.perf_counter(), time.process_time()
    for number, batch in enumerate(batches):
        # The first batch reads the rule book, and the last may be short: one after, one before.
        if number in (1, len(batches) - 2):
            with CaptureQueriesContext(connection) as captured:
                services.refresh(batch)
            queries.append(len(captured))
        else:
            services.refresh(batch)
    spent, cpu = time.perf_counter() - began, time.process_time() - cpu
    counts = f"constant: {queries[0]}" if len(set(queries)) == 1 else f"DIFFER: {queries}"
    return name, f"{count / spent:,.0f}", f"{spent:,.1f}", f"{cpu / count * 1000:.2f}", counts


def asking() -> list[tuple[object, ...]]:
    """What the list page and its counts cost."""
    from django.contrib.auth.models import AnonymousUser

    from scorecards import selectors
    from scorecards.lists import SCORECARDS

    def page(**params: str) -> Callable[[], Any]:
        user: Any = AnonymousUser()
        return lambda: list(SCORECARDS.rows(user, params).order_by("id")[:50])

    questions: dict[str, Callable[[], Any]] = {
        "First page, all": page(),
        "First page, to renew in CA": page(state="CA", action="renew"),
        "First page, licensed below 50 %": page(licensed_below="50"),
        "To do, by action and state, all": lambda: selectors.to_do_by_action(selectors.scorecard_list()),
    }
    return [(name, *_milliseconds(ask)) for name, ask in questions.items()]


def _milliseconds(ask: Callable[[], Any]) -> tuple[str, str]:
    times = []
    for _ in range(15):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return f"{statistics.median(times):,.1f}", f"{max(times):,.1f}"


def room(vendor: str) -> list[tuple[object, ...]]:
    """Rows and size of each table of this room."""
    from django.db import connection

    from scorecards.models import Scorecard, ScorecardSheet, ScorecardTally

    sizes = []
    with connection.cursor() as cursor:
        for model in (Scorecard, ScorecardSheet, ScorecardTally):
            table = model._meta.db_table
            if vendor == "postgresql":
                cursor.execute("SELECT pg_total_relation_size(%s)", [table])
                size = f"{cursor.fetchone()[0] / 1e6:,.0f}"
            else:
                size = _sqlite_size(cursor, table)
            sizes.append((model.__name__, f"{model.objects.count():,}", size))
    return sizes


def _sqlite_size(cursor: Any, table: str) -> str:
    """SQLite tells the size of a table only when it was built to."""
    from django.db import OperationalError

    try:
        cursor.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = %s)",
            [table],
        )
    except OperationalError:
        return "not known"
    return f"{cursor.fetchone()[0] / 1e6:,.0f}"


if __name__ == "__main__":
    main()
