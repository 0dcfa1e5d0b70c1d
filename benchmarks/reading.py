"""Reading uploads: 100,000 rows of 12 columns as CSV and XLSX, beside the bare readers on the same bytes.

``python -m benchmarks.reading``, or with ``--rows 10000`` for a quick look. Each reader runs in a process of its own,
so that one's memory is not another's figure. Ours opens the file, looks for what could do harm, finds the header, and
gives every row as trimmed texts with its number; the bare ones only give rows.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks.tables import show
from core.imports.reading import open_sheet

ROWS = 100_000
ROUNDS = 3
HEADER = [
    "agency_npn",
    "agency_name",
    "first_name",
    "last_name",
    "agent_npn",
    "agent_email",
    "agent_ssn",
    "loa_category",
    "states",
    "scorecard_type",
    "agent_type",
    "cocodes",
]


def main() -> None:
    """Print a table for each format. Given a file to write or read, only do that (the processes of the tables)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--read", nargs=2, metavar=("READER", "FILE"))
    given = parser.parse_args()
    if given.write:
        _write(given.write, given.rows)
        return
    if given.read:
        print(*_measure(given.read[0], Path(given.read[1]).read_bytes()))
        return
    with tempfile.TemporaryDirectory() as folder:
        for title, name, readers, most in (
            ("CSV", "rows.csv", ("ours", "csv.reader"), 2.5),
            ("XLSX, texts said once", "shared.xlsx", ("ours", "calamine", "openpyxl"), 1.3),
            ("XLSX, texts in their cells", "inline.xlsx", ("ours", "calamine", "openpyxl"), 1.3),
        ):
            path = Path(folder) / name
            # In a process of its own too: a child's peak begins at that of its parent.
            _child("--write", str(path), "--rows", str(given.rows))
            show(*_table(title, path, readers, given.rows, most))


def _table(
    title: str, path: Path, readers: tuple[str, ...], rows: int, most: float
) -> tuple[str, list[str], list[list[object]]]:
    found: dict[str, list[list[float]]] = {reader: [] for reader in readers}
    for _ in range(ROUNDS):  # turn by turn, so that a busy machine is unfair to all
        for reader in readers:
            found[reader].append(_apart(reader, path))
    middle = {
        reader: [statistics.median(values) for values in zip(*runs, strict=True)]
        for reader, runs in found.items()
    }
    bare = middle[readers[1]][0]
    table: list[list[object]] = [
        [
            reader,
            f"{first:.3f}",
            f"{again:.3f}" if reader == "ours" else "",
            f"{rows / first:,.0f}",
            f"{first / bare:.2f}",
            f"{before + beyond:.0f}",
            f"{beyond:.0f}",
        ]
        for reader, (first, again, before, beyond) in middle.items()
    ]
    heading = (
        f"Reading {rows:,} rows of {len(HEADER)} columns: {title}, {path.stat().st_size / 1e6:.1f} MB, "
        f"processor seconds, middle of {ROUNDS} rounds (aim: {most} times bare)"
    )
    columns = [
        "reader",
        "open and read",
        "read again",
        "rows/s",
        f"times {readers[1]}",
        "peak MB",
        "of which reading",
    ]
    return heading, columns, table


def _apart(reader: str, path: Path) -> list[float]:
    return [float(figure) for figure in _child("--read", reader, str(path)).split()]


def _child(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.reading", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _measure(reader: str, content: bytes) -> tuple[float, float, float, float]:
    """Seconds to open and read, to read once more, megabytes before, megabytes on top."""
    before = _peak_megabytes()
    began = time.process_time()
    again = READERS[reader](content)
    first = time.process_time() - began
    beyond = _peak_megabytes() - before
    began = time.process_time()
    again()
    return first, time.process_time() - began, before, beyond


def _ours(content: bytes) -> Callable[[], object]:
    sheet = open_sheet(content, "rows")
    _exhaust(sheet.rows())
    return lambda: _exhaust(sheet.rows())


def _csv(content: bytes) -> Callable[[], object]:
    def read() -> None:
        _exhaust(csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8", newline="")))

    read()
    return read


def _calamine(content: bytes) -> Callable[[], object]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    _exhaust(sheet.iter_rows())
    return lambda: _exhaust(sheet.iter_rows())


def _openpyxl(content: bytes) -> Callable[[], object]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    _exhaust(book.worksheets[0].iter_rows(values_only=True))
    return lambda: None


def _exhaust(rows: Iterator[Any]) -> None:
    for _row in rows:
        pass


READERS: dict[str, Callable[[bytes], Callable[[], object]]] = {
    "ours": _ours,
    "csv.reader": _csv,
    "calamine": _calamine,
    "openpyxl": _openpyxl,
}


def _write(path: Path, rows: int) -> None:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(_rows(rows))
        return
    with xlsxwriter.Workbook(path, {"constant_memory": path.stem == "inline"}) as book:
        sheet = book.add_worksheet("template")
        sheet.write_row(0, 0, HEADER)
        for number, row in enumerate(_rows(rows), start=1):
            sheet.write_row(number, 0, row)


def _rows(count: int) -> Iterator[list[object]]:
    chance = random.Random(7)
    for number in range(count):
        yield [
            8_810_001 + number % 50,
            f"Agency {number % 50}",
            chance.choice(["Ann", "Bob", "Carla", "José"]),
            f"Name{number}",
            10_000_000 + number,
            f"p{number}@example.com",
            f"{number % 800 + 1:03}-{number % 90 + 1:02}-{number % 9000:04}",
            "Life; Health",
            "TX;CA;NY",
            "license_and_appointment",
            "producer",
            f"{number % 99_999:05}",
        ]


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
