"""100,000 agents with their assignments, from the file to the last row: read, judged, previewed, processed.

``python -m benchmarks.uploads``, or with ``--rows 5000`` for a quick look. Beside it, in the same run: what comes with
django-import-export row by row and with ``use_bulk`` (a sample: its rows a second do not depend on their number), and
the limit, the rows that ours left behind written again with one statement a table.

Ours is run twice, with a tenth of the rows and with all, each in a process of its own whose memory is looked at: it
must not grow with the file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import scratch, uploads_limit, uploads_stock
from benchmarks.appointing import Watch
from benchmarks.tables import show
from benchmarks.uploads_file import COMPANIES, agencies, csv_text

MOST_MEMORY = 400
"""Megabytes."""
TIMES_ROW_BY_ROW, TIMES_IN_BULK, PART_OF_LIMIT = 20, 10, 8


def main() -> None:
    """Measure on the database of DATABASE_URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=2_000, help="rows of the ones to compare with")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--before", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        scratch.setup()
        print(json.dumps(PARTS[arguments.part](arguments)))
    else:
        measure(arguments.rows, min(arguments.sample, arguments.rows))


def measure(rows: int, sample: int) -> None:
    """All parts, each in a fresh process, over one scratch database."""
    with scratch.database("uploads") as vendor:
        prepare()
        before = json.dumps(uploads_limit.row_counts())
        ours = part("ours", rows, 0)
        limit = part("limit", rows, 0, before=before)
        tenth = part("ours", max(rows // 10, 1), 1)
        stock = part("row by row", sample, 2)
        bulk = part("in bulk", sample, 3)
    report(vendor, ours, tenth, limit, stock, bulk)


def report(vendor: str, *parts: dict[str, Any]) -> None:
    """The figures and what they come to."""
    ours, tenth, limit, stock, bulk = parts
    show(
        f"{ours['rows']:,} agents with assignments on {vendor}",
        ("", "Rows", "Rows/s", "Seconds", "CPU ms a row", "Peak MB"),
        [
            line("Ours, all", ours),
            line("  uploaded and encrypted", ours | ours["steps"]["upload"]),
            line("  read, judged, previewed", ours | ours["steps"]["read"]),
            line("  processed", ours | ours["steps"]["process"]),
            line("Ours, a tenth of the rows", tenth),
            line("Stock, row by row", stock),
            line("Stock, use_bulk", bulk),
            line("The same rows, one statement a table", limit),
        ],
    )
    rate = speed(ours)
    print(f"\n  {verdict(rate / speed(stock), TIMES_ROW_BY_ROW)} times row by row")
    print(f"  {verdict(rate / speed(bulk), TIMES_IN_BULK)} times use_bulk")
    print(f"  {verdict(PART_OF_LIMIT * rate / speed(limit), 1)} eighths of the limit")
    by_cpu = [each["cpu"] / each["rows"] * ours["rows"] / ours["cpu"] for each in (stock, bulk)]
    print(f"  By processor time of the client alone: {by_cpu[0]:.1f} and {by_cpu[1]:.1f} times")
    peak, tenth_peak = ours["peak"], tenth["peak"]
    print(f"  {peak:,.0f} MB at most, {tenth_peak:,.0f} with a tenth of the rows (below {MOST_MEMORY})")
    for step, counts in ours["statements"].items():
        print(f"  Statements a chunk, {step}: {', '.join(map(str, counts))} (COPY not counted)")
    print("  Rows left behind: " + ", ".join(f"{name} {count:,}" for name, count in limit["tables"].items()))


def line(name: str, part: dict[str, Any]) -> tuple[str, ...]:
    cpu = part["cpu"] / part["rows"] * 1000
    return (
        name,
        f"{part['rows']:,}",
        f"{speed(part):,.0f}",
        f"{part['seconds']:.1f}",
        f"{cpu:.2f}",
        f"{part['peak']:,.0f}" if name.startswith(("Ours", "Stock")) else "",
    )


def speed(part: dict[str, Any]) -> float:
    return float(part["rows"] / part["seconds"])


def verdict(figure: float, wanted: float) -> str:
    return f"{figure:.1f} ({'at least' if figure >= wanted else 'MISSED:'} {wanted})"


def prepare() -> None:
    """The companies that rows name, and somebody who may upload."""
    from django.contrib.auth.models import Group

    from agentsync import roles
    from appointments.models import Company
    from core.accounts.models import User

    for cocode in COMPANIES:
        Company.objects.create(name=f"Company {cocode}", cocode=cocode, loa_categories=["life", "health"])
    user = User.objects.create_user("leo@example.com", "a password", name="Leo Marchetti", is_staff=True)
    user.groups.add(Group.objects.get(name=roles.SPECIALIST))


def part(name: str, rows: int, file: int, before: str = "{}") -> dict[str, Any]:
    """Run a part in a process of its own, on the scratch database."""
    from django.db import connection

    settings = connection.settings_dict
    connection.close()
    address = f"sqlite:///{settings['NAME']}"
    if connection.vendor == "postgresql":
        place = f"{settings['HOST']}:{settings['PORT']}"
        address = f"postgres://{settings['USER']}:{settings['PASSWORD']}@{place}/{settings['NAME']}"
    command = [sys.executable, "-m", "benchmarks.uploads", "--part", name]
    options = ["--rows", str(rows), "--file", str(file), "--before", before]
    done = subprocess.run(
        [*command, *options], env=os.environ | {"DATABASE_URL": address}, stdout=subprocess.PIPE, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def ours(arguments: argparse.Namespace) -> dict[str, Any]:
    """The way of a file from a person's hands to the last row."""
    from core.accounts.models import User
    from core.actor import Actor
    from core.imports import services
    from core.imports.models import ImportRun
    from core.jobs import services as jobs
    from core.jobs.runner import run_job

    jobs.send = lambda _job_id: None  # run here, not by a worker
    actor = Actor.person(User.objects.get(email="leo@example.com"))
    content = csv_text(arguments.rows, arguments.file).encode()
    began_with = peak_megabytes()
    watches = {step: Watch() for step in ("upload", "read", "process")}
    statements: dict[str, list[int]] = {}
    with watches["upload"]:
        run = services.upload("agent", f"hires-{arguments.file}.csv", content, {}, actor=actor)
    del content
    with watches["read"], counted(statements, "read"):
        run_job(run.job_id)
    run = ImportRun.objects.get(pk=run.pk)
    assert run.status == "parsed", run.message
    assert run.counts["new"] == arguments.rows, run.counts
    with watches["process"], counted(statements, "processed"):
        run_job(services.process(run, actor=actor).job_id)
    run.refresh_from_db()
    assert run.status == "done", run.message
    assert run.results["done"] == arguments.rows, run.results
    steps = {step: {"seconds": watch.seconds, "cpu": watch.cpu} for step, watch in watches.items()}
    return {
        "rows": arguments.rows,
        "seconds": sum(step["seconds"] for step in steps.values()),
        "cpu": sum(step["cpu"] for step in steps.values()),
        "steps": steps,
        "statements": statements,
        "began_with": began_with,
        "peak": peak_megabytes(),
    }


def stock(arguments: argparse.Namespace, *, use_bulk: bool) -> dict[str, Any]:
    """What comes with django-import-export."""
    uploads_stock.agencies_on_file(agencies(arguments.file))
    watch = Watch()
    with watch:
        uploads_stock.imported(arguments.rows, arguments.file, use_bulk=use_bulk)
    return {
        "rows": arguments.rows,
        "seconds": watch.seconds,
        "cpu": watch.cpu,
        "peak": peak_megabytes(),
    }


def limit(arguments: argparse.Namespace) -> dict[str, Any]:
    """The rows of ours again."""
    return {"rows": arguments.rows, **uploads_limit.written_again(json.loads(arguments.before))}


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "ours": ours,
    "limit": limit,
    "row by row": lambda arguments: stock(arguments, use_bulk=False),
    "in bulk": lambda arguments: stock(arguments, use_bulk=True),
}


@contextmanager
def counted(statements: dict[str, list[int]], step: str) -> Iterator[None]:
    """How many statements each chunk takes, the first and the last left out: the different numbers that occur."""
    from django.db import connection

    from core.jobs.context import JobContext

    chunks = [0]
    report_progress = JobContext.progress

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        chunks[-1] += 1
        return execute(*arguments)

    def progress(self: JobContext, done: int, total: int | None = None) -> None:
        report_progress(self, done, total)
        chunks.append(0)

    JobContext.progress = progress
    with connection.execute_wrapper(count):
        yield
    JobContext.progress = report_progress
    statements[step] = sorted(set(chunks[2:-2] or chunks))


def peak_megabytes() -> float:
    """The most memory this process has had."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
