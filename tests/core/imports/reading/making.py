"""Files to read: CSV as bytes, workbooks as spreadsheet programs write them, and packages put together by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

import openpyxl

from core.imports.reading import OpenSheet, open_sheet

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"


def opened(content: bytes | str, name: str = "rows.csv", encoding: str = "utf-8") -> OpenSheet:
    return open_sheet(content.encode(encoding) if isinstance(content, str) else content, name)


def read(content: bytes | str, name: str = "rows.csv") -> tuple[list[str], list[list[str]]]:
    """Headers and rows without their numbers."""
    sheet = opened(content, name)
    return sheet.headers, [cells for _number, cells in sheet.rows()]


def numbers(content: bytes | str) -> list[int]:
    return [number for number, _cells in opened(content).rows()]


def workbook(*rows: Sequence[object], title: str = "Sheet1", change: Callable | None = None) -> bytes:
    """What openpyxl writes; ``change`` gets the book and the sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change:
        change(book, sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def relations(*entries: tuple[str, str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for identity, kind, target in entries
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def parts(rows: str | bytes, **more: str | bytes) -> dict[str, str | bytes]:
    """The parts of a small workbook around ``<row>`` elements; ``more`` may be ``strings``, ``styles``, ``after``."""
    after = str(more.get("after", ""))
    sheet = f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'.encode()
    sheet += rows.encode() if isinstance(rows, str) else rows
    sheet += f"</sheetData>{after}</worksheet>".encode()
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", "sharedStrings.xml"),
            ("rId3", "styles", "styles.xml"),
        ),
        SHEET: sheet,
    }
    if "strings" in more:
        strings = more["strings"]
        made["xl/sharedStrings.xml"] = strings if isinstance(strings, bytes) else shared(strings)
    if "styles" in more:
        made["xl/styles.xml"] = f'{HEAD}<styleSheet xmlns="{MAIN}">{more["styles"]}</styleSheet>'
    return made


def shared(inside: str) -> str:
    return f'{HEAD}<sst xmlns="{MAIN}">{inside}</sst>'


def packed(contents: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as package:
        for name, content in contents.items():
            package.writestr(name, content)
    return file.getvalue()


def book(rows: str | bytes, **more: str | bytes) -> bytes:
    """A workbook whose rows are written by hand."""
    return packed(parts(rows, **more))


def cell(reference: str, text: str = "x") -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *texts: str) -> str:
    cells = "".join(cell(f"{chr(65 + place)}{number}", text) for place, text in enumerate(texts))
    return f'<row r="{number}">{cells}</row>'


#: A header and a row, for files in which something else is wrong.
TWO_ROWS = row(1, "npn", "states") + row(2, "8810001", "TX")
