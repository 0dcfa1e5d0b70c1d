"""Answers that are files to take away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Final

from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from core.exports import Row, csv_lines, xlsx_file

CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(
    header: Sequence[str], rows: Iterable[Row], kind: str, name: str, title: str
) -> HttpResponse | StreamingHttpResponse:
    """Rows as a CSV or XLSX file ``name.kind``, with nothing in them that a spreadsheet would run."""
    if kind == "xlsx":
        return workbook_file(xlsx_file(header, rows, sheet=title), name)
    return csv_file(csv_lines(header, rows), name)


def workbook_file(file: IO[bytes], name: str) -> FileResponse:
    """An open workbook as ``name.xlsx``; it is closed with the answer."""
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


def csv_file(content: str | Iterable[str], name: str) -> HttpResponse | StreamingHttpResponse:
    """A CSV file as ``name.csv``: a text at once, pieces of it one after the other."""
    kind = HttpResponse if isinstance(content, str) else StreamingHttpResponse
    answer = kind(content, content_type=CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
