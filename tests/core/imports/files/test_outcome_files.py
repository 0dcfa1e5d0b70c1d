"""Outcome files: what stands in them, that they come back as they were, and that memory stays flat."""

from __future__ import annotations

import csv
import io
import tracemalloc

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core import clock
from core.bulk import insert_many
from core.exports import csv_lines, xlsx_file
from core.imports import types
from core.imports.enums import Outcome, RowState
from core.imports.models import ImportRow, ImportRun
from core.imports.outcome_files import outcome_rows
from core.imports.reading import open_sheet
from core.imports.resource import problem, warning
from tests.core.imports.files.crates import CRATES

pytestmark = pytest.mark.django_db
COLUMNS = ["crate", "color", "ports", "weight_kg", "owner_ssn", "note"]


@pytest.fixture(autouse=True)
def _crates(monkeypatch):
    monkeypatch.setattr(types, "_types", {**types._types, "crate": CRATES})


def run_with(*rows: ImportRow, headers: list[str] | None = None, columns: list[str] | None = None):
    run = ImportRun.objects.create(
        type="crate",
        file_name="crates.csv",
        file_size=1,
        fingerprint="x",
        headers=headers or [*COLUMNS, "remarks"],
        columns=columns or [*COLUMNS, ""],
        asked_by_kind="task",
        asked_by_label="tests",
        kept_until=clock.today(),
        rows_total=len(rows),
    )
    for row in rows:
        row.run = run
    insert_many(list(rows))
    return run


def row(number: int, outcome: str = Outcome.NEW, **fields) -> ImportRow:
    return ImportRow(number=number, outcome=outcome, **{"cells": {"crate": f"c{number}"}, **fields})


def lines_of(run: ImportRun, failed_only: bool) -> list[dict[str, str]]:
    header, lines = outcome_rows(run, failed_only)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_every_row_stands_with_its_outcome_its_reasons_and_its_cells():
    run = run_with(
        row(2, state=RowState.DONE, extra={"remarks": "handle with care"}),
        row(
            4,
            Outcome.ERROR,
            problems=[
                warning("color", "odd", "An odd color."),
                problem("weight_kg", "heavy", "Heavier than the quay."),
                problem("", "alone", "It stands alone."),
            ],
        ),
    )
    header, _ = outcome_rows(run, False)
    assert header == ["row", "outcome", "state", "reason", *COLUMNS, "remarks", "upload_row"]
    good, bad = lines_of(run, False)
    assert (good["row"], good["outcome"], good["state"], good["reason"]) == ("2", "new", "done", "")
    assert (good["crate"], good["remarks"]) == ("c2", "handle with care")
    assert (bad["row"], bad["outcome"], bad["state"]) == ("4", "error", "")
    assert bad["reason"] == "weight_kg: Heavier than the quay. It stands alone. color: An odd color."
    assert bad["upload_row"] == f"{run.pk}:4"


def test_failed_rows_are_those_in_error_and_those_that_could_not_be_processed():
    run = run_with(
        row(2, state=RowState.DONE),
        row(3, Outcome.ERROR),
        row(4, state=RowState.FAILED, problems=[problem("crate", "gone", "The crate is gone.")]),
        row(5),
        row(6, Outcome.UNCHANGED),
        row(7, Outcome.SKIPPED),
        row(8, state=RowState.UNDONE),
    )
    header, _ = outcome_rows(run, True)
    assert header == [*COLUMNS, "remarks", "reason", "upload_row"]
    assert [line["upload_row"].partition(":")[2] for line in lines_of(run, True)] == ["3", "4"]
    assert len(lines_of(run, False)) == 7


def test_of_a_secret_there_is_what_the_row_shows_and_never_what_it_keeps():
    run = run_with(
        row(
            2,
            Outcome.ERROR,
            cells={"crate": "c2", "owner_ssn": "•••-••-1120"},
            secrets='{"owner_ssn": "078-05-1120"}',
        )
    )
    for failed in (True, False):
        (line,) = lines_of(run, failed)
        assert line["owner_ssn"] == "•••-••-1120"
        assert "078" not in str(line)


def test_a_run_without_rows_has_a_header():
    header, lines = outcome_rows(run_with(), True)
    assert (len(header), list(lines)) == (9, [])


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"), max_size=30
)


@given(st.lists(texts, min_size=6, max_size=6), st.sampled_from(["csv", "xlsx"]))
@example(["=1+1", "+49 30", "-12", "@x", "'=1", "''-5"], "csv")
@example(["=1+1", "+49 30", "-12", "@x", "'=1", "''-5"], "xlsx")
@example(['="0253"', "0042", "a,b;c", 'say "so"', "＝1", "'"], "csv")
@example(["0042", "1e5", "2026-02-28", "TRUE", "12.50", "007"], "xlsx")
def test_what_is_written_is_read_back_as_it_was(cells, kind):
    cells = ["crate", *cells[1:]] if not any(cell.strip() for cell in cells) else cells
    once = as_read(list(cells), kind)
    assert as_read(once, kind) == once
    if all(cell == cell.strip() and not cell.startswith(('="', "'")) for cell in cells):
        assert once == trimmed(cells)


def as_read(cells: list[str], kind: str) -> list[str]:
    """Written by us and read by us."""
    header = [f"h{number}" for number in range(len(cells))] + ["last"]
    rows = [[*cells, "end"]]
    if kind == "csv":
        content = "".join(csv_lines(header, rows)).encode()
    else:
        with xlsx_file(header, rows) as file:
            content = file.read()
    ((_number, read),) = open_sheet(content, f"x.{kind}").rows()
    assert read[-1] == "end"
    return [*read[:-1]]


def trimmed(cells: list[str]) -> list[str]:
    invisible = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\0"
    blanks = "".join(map(chr, filter(lambda code: chr(code).isspace(), range(0x3001)))) + invisible
    return [cell.replace("\0", "").strip(blanks) for cell in cells]


def test_headers_that_a_spreadsheet_would_run_come_back_too():
    run = run_with(
        row(2, Outcome.ERROR, extra={"=cmd": "x", "-y": "z"}),
        headers=["crate", "=cmd", "-y"],
        columns=["crate", "", ""],
    )
    header, lines = outcome_rows(run, True)
    content = "".join(csv_lines(header, lines))
    written = next(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    assert written[6:8] == ["'=cmd", "'-y"]
    assert open_sheet(content.encode(), "x.csv").headers == header


def test_dangerous_cells_are_harmless_in_both_kinds_of_file():
    nasty = ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(1)", "\t=1", "＝1", " =1"]
    run = run_with(*(row(n, Outcome.ERROR, cells={"crate": text}) for n, text in enumerate(nasty, start=2)))
    header, lines = outcome_rows(run, True)
    for line in csv.reader(io.StringIO("".join(csv_lines(header, lines)).removeprefix("\ufeff"))):
        assert not line[0].startswith(("=", "+", "-", "@", "\t", "＝", " ="))
    with xlsx_file(*outcome_rows(run, True)) as file:
        sheet = openpyxl.load_workbook(file).worksheets[0]
        assert {cell.data_type for (cell,) in sheet.iter_rows(max_col=1)} == {"s"}


def test_twenty_thousand_rows_are_read_some_at_a_time():
    count = 20_000
    run = run_with()
    for start in range(2, count + 2, 20_000):
        insert_many([_stored(run, number) for number in range(start, start + 20_000)])
    header, lines = outcome_rows(run, True)
    tracemalloc.start()
    size = sum(len(piece) for piece in csv_lines(header, lines))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 800_000
    assert peak < 8 * 1024 * 1024, f"{peak:,} bytes at once"


def _stored(run: ImportRun, number: int) -> ImportRow:
    stored = row(number, Outcome.ERROR, problems=[problem("crate", "bad", "This crate is bad.", "x")])
    stored.run = run
    return stored
