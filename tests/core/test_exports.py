from __future__ import annotations

import csv
import io
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exports import csv_lines, neutral, xlsx_file

DANGEROUS = [
    "=1+1",
    "+1+cmd",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1+a",
    "－1+a",
    "＠A",
    "﹦1",
]
PREFIXES = ["", " ", "  ", '"', "'", "' ", "\u00a0", "\u200b", "\ufeff", "\u3000", "\x01"]


@pytest.mark.parametrize("text", DANGEROUS)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_formula_is_made_text_also_behind_blanks_and_quotes(prefix, text):
    assert neutral(prefix + text) == f"'{prefix}{text}"


@pytest.mark.parametrize("value", [-12.5, Decimal("-12.50"), 3, date(2026, 2, 28), True, None])
def test_numbers_and_dates_pass(value):
    assert neutral(value) is value


@pytest.mark.parametrize(
    "text", ["-12.50", "+15551234567", "1-2", "a=b", "x@example.com", "-7%", "O'Neil", "", "1,234.50"]
)
def test_harmless_texts_pass(text):
    assert neutral(text) == text


@given(st.text())
def test_whatever_is_exported_no_cell_begins_like_a_formula(text):
    shown = neutral(text)
    bare = unicodedata.normalize("NFKC", shown.lstrip(' "')[:1])
    if bare in set("=+-@\t\r\n") and bare:
        assert shown.strip("+-%").replace(".", "").replace(",", "").isdecimal()


def table() -> list[list[object]]:
    return [
        [
            "=evil()",
            -5,
            Decimal("16.00"),
            date(2026, 2, 28),
            datetime(2026, 1, 1, 12, tzinfo=UTC),
            None,
            "Ünï",
        ]
    ]


def test_a_csv_file_holds_the_rows_and_no_formula():
    text = "".join(csv_lines(["a", "=b", "c", "d", "e", "f", "g"], table()))
    assert text.startswith("\ufeff")
    header, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert header[1] == "'=b"
    assert row[:4] == ["'=evil()", "-5", "16.00", "2026-02-28"]
    assert row[5:] == ["", "Ünï"]


def test_an_xlsx_file_keeps_numbers_and_dates_as_such_and_no_formula():
    with xlsx_file(["a", "b", "c", "d", "e", "f", "g"], table(), sheet="Nice: [sheet]") as file:
        sheet = openpyxl.load_workbook(file).active
    _, row = sheet.iter_rows()
    assert [cell.data_type for cell in row][:5] == ["s", "n", "n", "d", "d"]
    assert (row[0].value, row[1].value, row[2].value, row[3].value.date()) == (
        "'=evil()",
        -5,
        16,
        date(2026, 2, 28),
    )
    assert row[6].value == "Ünï"


def test_an_empty_export_still_has_its_header():
    with xlsx_file(["a"], []) as file:
        assert openpyxl.load_workbook(file).active["A1"].value == "a"
