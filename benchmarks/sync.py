"""The sync engine: everything changed, and nothing changed against parse alone. ``python -m benchmarks.sync [n]``.

Everything changed: each license, line, appointment, address and contact differs from what is stored, so each row is
closed and opened anew. Queries are counted for batches of 100 and of 500, to show that they do not grow.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks import scratch
from benchmarks.tables import show
from nipr.simulator.population import build
from nipr.wire import pdb
from nipr.wire.messages import EntityReport

PRODUCERS = 2_000
KNOWN = datetime(2026, 1, 5, 9, tzinfo=UTC)
ROUNDS = 3


@dataclass
class Timing:
    """One way of doing it."""

    seconds: float
    queries: int
    batches: int

    def row(self, name: str, producers: int) -> list[object]:
        return [
            name,
            f"{producers / self.seconds:,.0f}",
            f"{self.queries / self.batches:.1f}",
            f"{self.seconds:.2f} s",
        ]


def documents(producers: int) -> tuple[list[EntityReport], list[EntityReport]]:
    """A population, and the same people after everything about them has changed."""
    population = build(producers, 7, date(2026, 1, 5))
    reports = [population.base(npn) for npn in population.npns()][:producers]
    return reports, [changed(report) for report in reports]


def changed(report: EntityReport) -> EntityReport:
    """Every row with another date or text, none with another natural key."""
    licenses = tuple(
        replace(
            license_,
            expiration_date=later(license_.expiration_date),
            lines=tuple(replace(line, status_reason=f"{line.status_reason}*") for line in license_.lines),
        )
        for license_ in report.licenses
    )
    return replace(
        report,
        licenses=licenses,
        appointments=tuple(replace(row, renewal_date=later(row.renewal_date)) for row in report.appointments),
        addresses=tuple(replace(row, line_1=f"{row.line_1} N") for row in report.addresses),
        contacts=tuple(replace(row, fax="555-010-0199") for row in report.contacts),
    )


def later(day: date | None) -> date:
    return day + timedelta(days=365) if day and day.year < 2900 else date(2029, 6, 30)


def rows_of(report: EntityReport) -> int:
    lines = sum(len(license_.lines) for license_ in report.licenses)
    sections = (report.licenses, report.appointments, report.addresses, report.contacts, report.other_names)
    return lines + sum(map(len, sections)) + len(report.regulatory_actions)


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """How many statements were executed."""
    from django.db import connection

    executed = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal executed
        executed += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        yield lambda: executed


def run(ids: dict[str, int], bodies: Sequence[bytes], size: int, known_at: datetime) -> Timing:
    """Parse and sync all documents in batches."""
    from producers.sync.engine import Sitting, sync_reports
    from producers.sync.guard import RemovalGuard

    sitting = Sitting(None, RemovalGuard())
    batches = range(0, len(bodies), size)
    gc.collect()
    with counted() as queries:
        began = time.perf_counter()
        for start in batches:
            reports = [pdb.decode(body) for body in bodies[start : start + size]]
            outcomes = sync_reports(
                [(ids[report.npn], report) for report in reports], known_at=known_at, sitting=sitting
            )
            assert not any(outcome.failed for outcome in outcomes)
        return Timing(time.perf_counter() - began, queries(), len(batches))


def parse(bodies: Sequence[bytes], size: int) -> float:
    """Parse alone, holding as many documents at a time as a batch does."""
    gc.collect()
    began = time.perf_counter()
    for start in range(0, len(bodies), size):
        [pdb.decode(body) for body in bodies[start : start + size]]
    return time.perf_counter() - began


def measure(producers: int) -> None:
    from django.db import connection

    from producers.models import Producer

    before, after = documents(producers)
    old, new = [pdb.encode(report) for report in before], [pdb.encode(report) for report in after]
    made = Producer.objects.bulk_create([Producer(npn=report.npn) for report in before], batch_size=500)
    ids = {producer.npn or "": producer.pk for producer in made}
    timings = {"first load, batches of 500": run(ids, old, 500, KNOWN)}
    half = len(old) // 2
    timings["everything changed, batches of 100"] = run(ids, new[:half], 100, KNOWN + timedelta(hours=1))
    timings["everything changed, batches of 500"] = run(ids, new[half:], 500, KNOWN + timedelta(hours=2))
    counts = {name: half if "changed" in name else len(old) for name in timings}
    rows = sum(map(rows_of, before)) / len(before)
    show(
        f"Sync on {connection.vendor}: {len(old):,} documents with {rows:.0f} facts each",
        ["", "producers/s", "queries/batch", "time"],
        [timing.row(name, counts[name]) for name, timing in timings.items()],
    )
    alone = min(parse(new, 500) for _ in range(ROUNDS))
    unchanged = min(
        (run(ids, new, 500, KNOWN + timedelta(days=1)) for _ in range(ROUNDS)), key=lambda t: t.seconds
    )
    show(
        "Nothing changed, against parse alone",
        ["", "producers/s", "time", "times parse"],
        [
            ["parse alone", f"{len(new) / alone:,.0f}", f"{alone:.2f} s", "1.00"],
            [
                "parse and sync",
                f"{len(new) / unchanged.seconds:,.0f}",
                f"{unchanged.seconds:.2f} s",
                f"{unchanged.seconds / alone:.2f}",
            ],
        ],
    )


def main() -> None:
    with scratch.database("sync"):
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCERS)


if __name__ == "__main__":
    main()
