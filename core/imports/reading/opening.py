"""A file becomes an open sheet: by what it holds, not by what it is called."""

from __future__ import annotations

from core.imports.reading.csv_file import CsvFile
from core.imports.reading.foreign import refuse_foreign
from core.imports.reading.sheet import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_OF_A_HEADER,
    MOST_ROWS,
    OpenSheet,
    Unreadable,
    too_many_columns,
)
from core.imports.reading.xlsx import XlsxFile

_ZIP = b"PK\x03\x04"


def open_sheet(content: bytes, file_name: str) -> OpenSheet:
    """Open a file by what it holds; its name is only believed where the content leaves it open.

    Raises Unreadable for anything but a CSV or XLSX file with a header, a row and no more than the limits.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(
            "file_too_large",
            f"This file has {len(content) / 1024 / 1024:,.1f} MB; at most {MOST_BYTES // 1024 // 1024} MB are taken.",
            "Split it into several files, or delete sheets, pictures and columns that are not needed.",
        )
    if not content.strip(b" \t\r\n\0"):
        raise Unreadable("empty_file", "This file is empty.", "Choose the file that has the rows in it.")
    if content.startswith(_ZIP):
        file: XlsxFile | CsvFile = XlsxFile(content)
    else:
        refuse_foreign(content)
        file = CsvFile(content, file_name)
    delimited = isinstance(file, CsvFile)
    sheet = OpenSheet(file.format, _headers(file), file.read, file.remarks, delimited=delimited)
    _expect_rows(sheet, at_most=file.lines)
    return sheet


def _headers(file: XlsxFile | CsvFile) -> list[str]:
    """The headers, told apart, without the blank ones at the end. More than the limit raises Unreadable."""
    first = next(file.read(), None)
    if first is None:
        raise Unreadable(
            "no_header",
            "There is no header: every row is blank.",
            "Put the names of the columns in the first row, as in the template.",
        )
    headers = first[1]
    if "" in headers:
        headers = _named(headers, file)
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > MOST_COLUMNS:
        raise too_many_columns(len(headers))
    return _told_apart([header[:MOST_OF_A_HEADER].rstrip() for header in headers])


def _named(headers: list[str], file: XlsxFile | CsvFile) -> list[str]:
    """With ``Column 7`` for blank headers that have something beneath them."""
    blank = [position for position, header in enumerate(headers) if not header]
    filled: set[int] = set()
    rows = file.read()
    next(rows)
    for _number, cells in rows:
        found = [position for position in blank if position < len(cells) and cells[position]]
        if found:
            filled.update(found)
            blank = [position for position in blank if position not in filled]
            if not blank:
                break
    return [
        f"Column {place + file.first_column + 1}" if place in filled else header
        for place, header in enumerate(headers)
    ]


def _told_apart(headers: list[str]) -> list[str]:
    """A header that stood before gets its turn: ``NPN (2)``."""
    seen: set[str] = set()
    apart = []
    for header in headers:
        name, turn = header, 1
        while name and name in seen:
            turn += 1
            name = f"{header} ({turn})"
        seen.add(name)
        apart.append(name)
    return apart


def _expect_rows(sheet: OpenSheet, at_most: int) -> None:
    """Refuse a file without rows, and one with too many before anything is done with it."""
    rows = sheet.rows()
    if next(rows, None) is None:
        raise Unreadable(
            "no_rows",
            "There is a header but no row beneath it.",
            "Fill in at least one row and upload it again.",
        )
    if at_most > MOST_ROWS + 1:
        for _row in rows:
            pass
