"""Where the rows come from that are judged: the file, or what is stored of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Protocol

from core.imports import hiding, masks, stored
from core.imports.headers import engine_columns, normalised
from core.imports.masks import Shielded
from core.imports.models import ENGINE_COLUMNS, ImportRun
from core.imports.reading import OpenSheet
from core.imports.resource import SLIPPED, Problem, Reader, UploadResource, problem, warning
from core.imports.rows import UploadRow

_ORIGIN = "upload_row"
_SURPLUS = "Cells of this row that stand beyond the last header were left out: {}."
_SLIPPED = (
    "This row has more cells than there are headers ({} too many), so its values may have slipped sideways. In the file"
    " put quotes around a value that holds the delimiter; or set its cells right here."
)


class Source(Protocol):
    """Rows of an upload. They may be gone through several times; each time they come with fresh problems."""

    def batches(self, size: int, only: Collection[str] | None = None) -> Iterator[list[UploadRow]]:
        """All rows in the order of the file, so many at once.

        They may come with the values of ``only`` these columns, and nothing else.
        """


class FileRows:
    """The rows of an open file. ``columns`` names for each header the column that it means."""

    def __init__(
        self,
        run: ImportRun,
        sheet: OpenSheet,
        headers: Sequence[str],
        columns: Sequence[str],
        resource: UploadResource,
    ) -> None:
        self._run = run
        self._sheet = sheet
        self._resource = resource
        self._names = ["" if name in ENGINE_COLUMNS else name for name in columns]
        self._origin = columns.index(_ORIGIN) if _ORIGIN in columns else None
        self._others = _others(headers, columns)
        self._secret = [name for name in self._names if name in resource.secret_columns]

    def batches(self, size: int, only: Collection[str] | None = None) -> Iterator[list[UploadRow]]:
        """From the first row on."""
        if only is not None and self._origin is None:
            yield from self._glimpses(size, only)
            return
        reader = Reader(self._resource)
        rows = self._sheet.rows()
        while batch := [self._shielded(number, texts) for number, texts in islice(rows, size)]:
            if self._origin is not None:
                masks.restore(self._run, batch)
            yield [self._read(row, reader) for row in batch]

    def _glimpses(self, size: int, only: Collection[str]) -> Iterator[list[UploadRow]]:
        """Rows with the values of some columns and nothing else: nobody will see them, so nothing is shielded."""
        reader = Reader(self._resource, only)
        places = [(place, name) for place, name in enumerate(self._names) if name in only]
        rows = self._sheet.rows()
        while batch := list(islice(rows, size)):
            yield [self._glimpse(number, texts, places, reader) for number, texts in batch]

    def _glimpse(
        self, number: int, texts: list[str], places: Sequence[tuple[int, str]], reader: Reader
    ) -> UploadRow:
        width = len(texts)
        cells = {name: texts[place] for place, name in places if place < width and texts[place]}
        for name in self._secret:
            if name in cells and hiding.is_masked(cells[name]):
                del cells[name]
        values, _faults = reader.read(masks.readable(cells, {})[0])
        return UploadRow(number, {}, values=values, problems=[])

    def _shielded(self, number: int, texts: list[str]) -> Shielded:
        cells = {name: text for name, text in zip(self._names, texts, strict=False) if name and text}
        extra = {
            header: hiding.hidden_unknown(texts[index], header)
            for index, header in self._others
            if index < len(texts) and texts[index]
        }
        row = Shielded(number, cells, extra)
        if self._origin is not None and self._origin < len(texts):
            row.origin = texts[self._origin]
        return masks.shield(row, self._secret)

    def _read(self, row: Shielded, reader: Reader) -> UploadRow:
        texts, problems = masks.readable(row.cells, row.secrets)
        values, faults = reader.read(texts)
        if surplus := self._sheet.surplus.get(row.number):
            problems.append(self._about(surplus))
        return UploadRow(
            row.number,
            row.cells,
            values=values,
            problems=[*problems, *faults],
            extra=row.extra,
            secrets=row.secrets,
        )

    def _about(self, surplus: int) -> Problem:
        """Values of delimited text may stand under wrong headers then; cells of a workbook stand where they stand."""
        if self._sheet.delimited:
            return problem("", SLIPPED, _SLIPPED.format(surplus))
        return warning("", "surplus_cells", _SURPLUS.format(surplus))


class StoredRows:
    """The rows as they are on file, mended cells among them."""

    def __init__(self, run: ImportRun, resource: UploadResource) -> None:
        self._run = run
        self._resource = resource

    def batches(self, size: int, only: Collection[str] | None = None) -> Iterator[list[UploadRow]]:
        """From the first row on, whole in any case."""
        reader = Reader(self._resource)
        rows = stored.rows_of(self._run)
        for batch in stored.batches(rows, stored.numbers_of(rows), size):
            yield stored.to_be_judged(batch, reader)


def with_engine_columns(headers: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Columns, with those of the file of failed rows where no column of the type is meant."""
    ours = engine_columns(headers)
    return [
        column or ours.get(normalised(header), "") for header, column in zip(headers, columns, strict=True)
    ]


def _others(headers: Sequence[str], columns: Sequence[str]) -> list[tuple[int, str]]:
    """Places and headers of what is only kept; equal headers are told apart by a number."""
    seen: Counter[str] = Counter()
    others = []
    for index, (header, column) in enumerate(zip(headers, columns, strict=True)):
        if not column and header:
            seen[header] += 1
            others.append((index, header if seen[header] == 1 else f"{header} ({seen[header]})"))
    return others
