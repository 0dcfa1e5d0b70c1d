"""Rows out of the product, as CSV and XLSX, with nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

Row = Sequence[Any]
#: One less than a sheet holds, for the header.
ROWS_A_SHEET = 1_048_575
CELL_CHARACTERS = 32_767
_FLUSH_ROWS = 500

_STARTS_FORMULA = "=+-@\t\r\n"
#: What spreadsheets skip before they look for a formula: blanks of all kinds, quotes, invisible characters.
_SKIPPED = re.compile(
    r"^[ '\"‘’“”`´\u00a0\u2000-\u200f\u2028-\u202f\u2060\u3000\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]+"
)
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")


def neutral(value: Any) -> Any:
    """The value, with an apostrophe before a text that a spreadsheet could take for a formula.

    Numbers and dates pass, as values and written out (``-12.50``); so do texts that only contain such characters.
    """
    if not isinstance(value, str) or not value or _PLAIN_NUMBER.fullmatch(value):
        return value
    start = _SKIPPED.sub("", value)[:1]
    dangerous = {*value[:1], *start, *unicodedata.normalize("NFKC", start)}
    return f"'{value}" if dangerous & set(_STARTS_FORMULA) else value


def csv_lines(header: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """The file in pieces, for a streamed answer. It begins with a BOM so that Excel reads it as UTF-8."""
    buffer = _Echo()
    writer = csv.writer(buffer)
    writer.writerow([neutral(name) for name in header])
    yield "\ufeff" + buffer.take()
    for number, row in enumerate(rows, start=1):
        writer.writerow([_as_text(neutral(value)) for value in row])
        if number % _FLUSH_ROWS == 0:
            yield buffer.take()
    yield buffer.take()


def xlsx_file(header: Sequence[str], rows: Iterable[Row], *, sheet: str = "Export") -> IO[bytes]:
    """The workbook as an open temporary file; memory does not grow with the rows. Full sheets are continued."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the answer closes it
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    with xlsxwriter.Workbook(file, options) as book:
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for index, row in enumerate(rows):
            line = index % ROWS_A_SHEET
            if line == 0:
                further = f" {index // ROWS_A_SHEET + 1}" if index else ""
                page = _add_sheet(book, header, f"{_sheet_name(sheet)}{further}")
            for column, value in enumerate(row):
                _write_cell(page, line + 1, column, value, moment)
        if not book.worksheets():
            _add_sheet(book, header, _sheet_name(sheet))
    file.seek(0)
    return file


class _Echo:
    """Collects what csv writes until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def write(self, text: str) -> None:
        self._pieces.append(text)

    def take(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        return text


def _as_text(value: Any) -> Any:
    """Dates in ISO form, moments in the business zone, absent as blank."""
    if isinstance(value, datetime):
        return _local(value).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def _write_cell(page: Any, line: int, column: int, value: Any, moment: Any) -> None:
    match value:
        case None | "":
            return
        case bool():
            page.write_string(line, column, _as_text(value))
        case int() | float() | Decimal():
            page.write_number(line, column, value)
        case datetime():
            page.write_datetime(line, column, _local(value), moment)
        case date():
            page.write_datetime(line, column, value)
        case _:
            page.write_string(line, column, neutral(str(value))[:CELL_CHARACTERS])


def _add_sheet(book: Any, header: Sequence[str], name: str) -> Any:
    page = book.add_worksheet(name)
    page.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, title in enumerate(header):
        page.write_string(0, column, neutral(title), bold)
        page.set_column(column, column, max(12, min(40, len(title) + 4)))
    return page


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title)[:24].strip() or "Export"


def _local(value: datetime) -> datetime:
    """Spreadsheets know no zones: the business's own is the one people expect."""
    if timezone.is_naive(value):
        return value
    return timezone.make_naive(value, timezone.get_default_timezone())
