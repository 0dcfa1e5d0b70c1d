"""Reading entity reports: reports and MB a second against bare lxml on the same bytes, and memory of a 60 MB firm.

Run as ``python -m benchmarks.parse``.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path

from lxml import etree

from benchmarks.tables import show
from nipr.simulator.large_firm import appointments, large_firm
from nipr.simulator.population import build
from nipr.wire import pdb
from nipr.wire.messages import EntityReport

REPORTS = 500
ROUNDS = 7
FIRM_BYTES = 60_000_000
AS_OF = date(2026, 1, 5)


def main() -> None:
    """Print both tables. Given a file, only read it and print what that took (the subprocess of the second table)."""
    if len(sys.argv) > 1:
        print(*_read_one(Path(sys.argv[1])))
        return
    show(
        "Parse: PDB reports against bare lxml.etree.fromstring, best of "
        f"{ROUNDS} rounds side by side (at most 4 times bare)",
        ["documents", "reports", "KB each", "reports/s", "MB/s", "bare MB/s", "times bare"],
        [_measure(name, documents) for name, documents in _documents().items()],
    )
    show("Parse: one firm report, streamed from a file (at most 300 MB)", *_large_firm())


def _documents() -> dict[str, list[bytes]]:
    population = build(REPORTS, 7, AS_OF)
    indented = [pdb.encode(population.base(npn)) for npn in islice(population.npns(), REPORTS)]
    parser = etree.XMLParser(remove_blank_text=True)
    compact = [etree.tostring(etree.fromstring(document, parser)) for document in indented]
    return {"indented, as sent": indented, "without a blank": compact}


def _measure(name: str, documents: list[bytes]) -> list[object]:
    bare = ours = float("inf")
    for _ in range(ROUNDS):  # turn by turn, so that a busy machine is unfair to both
        bare = min(bare, _seconds(etree.fromstring, documents))
        ours = min(ours, _seconds(pdb.decode, documents))
    size = sum(map(len, documents))
    return [
        name,
        len(documents),
        f"{size / len(documents) / 1000:.1f}",
        f"{len(documents) / ours:,.0f}",
        f"{size / ours / 1e6:.0f}",
        f"{size / bare / 1e6:.0f}",
        f"{ours / bare:.2f}",
    ]


def _seconds(read: Callable[[bytes], object], documents: list[bytes]) -> float:
    started = time.perf_counter()
    for document in documents:
        read(document)
    return time.perf_counter() - started


def _large_firm() -> tuple[list[str], list[list[object]]]:
    """Write the report to a file and read it in a process of its own, whose peak memory is then its alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "firm.xml"
        _write_firm(path)
        command = [sys.executable, "-m", "benchmarks.parse", str(path)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows, seconds, peak, before = output.split()
        megabytes = path.stat().st_size / 1e6
    header = ["MB", "appointments", "seconds", "MB/s", "peak memory MB", "of which before reading"]
    speed = f"{megabytes / float(seconds):.0f}"
    return header, [[f"{megabytes:.1f}", rows, seconds, speed, peak, before]]


def _write_firm(path: Path) -> None:
    """The firm's report with its appointment rows repeated until it is large enough."""
    rows = tuple(appointments(2000, AS_OF))
    firm = large_firm(AS_OF)
    document = pdb.encode(
        type(firm)(firm.entity_type, firm.biographic, licenses=firm.licenses, appointments=rows)
    )
    opening, closing = b"<APPOINTMENT_INFORMATION>", b"</APPOINTMENT_INFORMATION>"
    head, _, rest = document.partition(opening)
    body, _, tail = rest.rpartition(closing)
    with path.open("wb") as file:
        file.write(head + opening)
        while file.tell() < FIRM_BYTES:
            file.write(body)
        file.write(closing + tail)


def _read_one(path: Path) -> tuple[int, str, int, int]:
    before = _peak_megabytes()
    started = time.perf_counter()
    with path.open("rb") as file:
        report = pdb.decode(file)
    seconds = time.perf_counter() - started
    rows = len(report.appointments) if isinstance(report, EntityReport) else 0
    return rows, f"{seconds:.2f}", _peak_megabytes(), before


def _peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
