"""Empty files to fill in: the template of each type of upload, as CSV and as XLSX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import IO, Any, Final

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse

from core.downloads import csv_file, workbook_file
from core.exports import csv_lines, neutral
from core.imports.resource import CellFault, Column
from core.imports.types import Upload

TEMPLATE_SHEET: Final = "template"
VALUES_SHEET: Final = "accepted_values"
MOST_ROWS: Final = 100_000
MOST_CHOICES: Final = 100
"""A list to choose from is offered up to so many values; a longer one is looked up in its sheet."""
_WIDEST: Final = 60

Page = Any
"""A sheet as xlsxwriter knows it; the library has no types."""


def csv_template(upload: Upload) -> str:
    """The header and nothing else, beginning with a BOM as every CSV of ours."""
    return "".join(csv_lines(list(upload.resource.columns), ()))


def xlsx_template(upload: Upload) -> IO[bytes]:
    """A workbook with the sheets ``template``, ``accepted_values`` and those of the type; in memory.

    Cells of the template are text, so that a spreadsheet keeps leading zeros and leaves dates alone.
    """
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet(TEMPLATE_SHEET)
        places = _write_accepted(book, upload)
        _write_header(book, page, upload, places)
        for sheet in upload.sheets():
            _write_table(book, book.add_worksheet(sheet.title), sheet.header, sheet.rows)
    file.seek(0)
    return file


def template_answer(upload: Upload, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The template as a file to take away, ``csv`` or ``xlsx``."""
    name = f"{upload.name}-template"
    return (
        workbook_file(xlsx_template(upload), name) if kind == "xlsx" else csv_file(csv_template(upload), name)
    )


def _write_header(book: Any, page: Page, upload: Upload, places: dict[str, str]) -> None:
    text = book.add_format({"num_format": "@"})
    plain = book.add_format({"bold": False, "num_format": "@", "bottom": 1})
    needed = book.add_format({"bold": True, "num_format": "@", "bottom": 1, "bg_color": "#E8EEF7"})
    page.freeze_panes(1, 0)
    for place, column in enumerate(upload.resource.columns.values()):
        name = column.column_name
        page.set_column(place, place, max(14, min(40, len(name) + 4)), text)
        page.write_string(0, place, name, needed if column.required else plain)
        page.write_comment(0, place, _note(column), {"x_scale": 2})
        if name in places:
            page.data_validation(1, place, MOST_ROWS, place, _choice(places[name]))


def _note(column: Column) -> str:
    parts = [
        "Needed in every row." if column.required and not column.may_be_blank else "May be left blank.",
        column.help_text,
        f"For example: {column.example}" if column.example else "",
        f"The sheet {VALUES_SHEET} lists what it accepts." if column.accepted else "",
        f"Also understood: {', '.join(column.synonyms)}." if column.synonyms else "",
    ]
    return "\n".join(part for part in parts if part)


def _choice(source: str) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": source,
        "error_title": "Not on the list",
        "error_message": f"Choose from the list; {VALUES_SHEET} says what each value means.",
    }


def _write_accepted(book: Any, upload: Upload) -> dict[str, str]:
    """The sheet of accepted values; where the list to choose from stands, for columns that take one of a few."""
    rows: list[tuple[str, str, str]] = []
    places: dict[str, str] = {}
    for column in upload.resource.columns.values():
        values = list(column.accepted()) if column.accepted else []
        if 0 < len(values) <= MOST_CHOICES and not _takes_lists(column, [value for value, _ in values]):
            first, last = len(rows) + 2, len(rows) + 1 + len(values)
            places[column.column_name] = f"={VALUES_SHEET}!$B${first}:$B${last}"
        rows += [(column.column_name, value, meaning) for value, meaning in values]
    _write_table(book, book.add_worksheet(VALUES_SHEET), ("column", "value", "meaning"), rows)
    return places


def _takes_lists(column: Column, values: Sequence[str]) -> bool:
    """Whether several of its values may stand in one cell: a list to choose from would refuse that."""
    two = [*values[-2:], *values[-1:]]
    try:
        column.widget.clean(";".join(two[:2]))
    except CellFault:
        return False
    return True


def _write_table(book: Any, page: Page, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"bold": True, "bottom": 1})
    page.freeze_panes(1, 0)
    widths = [len(title) for title in header]
    for place, title in enumerate(header):
        page.write_string(0, place, neutral(title), bold)
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            page.write_string(line, place, neutral(value), text)
            widths[place] = max(widths[place], len(value))
    for place, width in enumerate(widths):
        page.set_column(place, place, max(10, min(_WIDEST, width + 2)))
