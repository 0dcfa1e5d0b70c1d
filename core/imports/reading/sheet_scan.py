"""A look at a sheet's XML before it is read for good.

The reader lays out a table from the first cell to the last, so a cell said to be at XFD1048576 costs 17 billion cells
of memory. Here every cell's place is looked at first. It is done with expressions over bytes, since parsing twice
would take twice the time: what spreadsheet programs write passes quickly, anything else is looked at closely.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from core.imports.reading.package import Part, damaged
from core.imports.reading.sheet import MOST_COLUMNS, MOST_ROWS, Unreadable, too_many_columns

LAST_ROW: Final = MOST_ROWS + 10_000
"""Blank rows count towards it, so there is some room for them."""
MOST_CELLS: Final = 32 * MOST_ROWS
"""Filled ones of a workbook. Each takes 75 bytes and more in memory."""
SMALLEST_CELL: Final = len('<c r="A1"><v>1</v></c>')
_TAGS_KEPT: Final = 4
_LONGEST_TAG: Final = 4 * 1024 * 1024
_NAMED: Final = 20

#: A cell not like ``<c r="B7" s="1" t="s">`` up to column BZ and row 99999, or an error, or with a formula.
_ODD = re.compile(rb'<c(?! r="[AB]?[A-Z][0-9]{1,5}+"[^>]*+>(?!<f|<v>#))(?![A-Za-z])')
_FORMULA = re.compile(rb'<c r="([AB]?[A-Z][0-9]{1,5}+)"(?:(?! t)[^>]|(?: t="[^e]))*+>(?=<f)')
_ATTRIBUTES: Final = rb"""((?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>"""
_CELL = re.compile(rb"<c" + _ATTRIBUTES)
_ATTRIBUTE = re.compile(rb"""([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PREFIXED = re.compile(rb":(?:c|row)[\s/>]")
_ROW_OR_CELL = re.compile(rb"<(?:[^\s<>/:]*:)?(row|c)(?=[\s/>])" + _ATTRIBUTES)
_ANY_ROW_OR_CELL = re.compile(rb"<(?:[^\s<>/:]*:)?(?:row|c)[\s/>]")
_FILLED = re.compile(rb"<c\s[^>]*(?<!/)>(?!</c>)|<c>(?!</c>)")
_MERGED = re.compile(rb"""mergeCell\s[^<>]*?\bref\s*=\s*["']([A-Za-z0-9:]+)["']""")
_REFERENCE = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})")


@dataclass(slots=True)
class Seen:
    """What was noticed: formulas and merged ranges, the first of them by name, and whether cells hold errors."""

    formulas: int = 0
    formula_cells: list[str] = field(default_factory=list)
    merged: int = 0
    merged_ranges: list[str] = field(default_factory=list)
    errors: bool = False
    cells: int = 0


Look = Callable[[bytes, int, Seen], None]


class _NeedsRows(Exception):
    """Cells do not say where they are, so rows have to be followed as well."""


def look_at(part: Part) -> Seen:
    """Go through a sheet; Unreadable when its cells lie too far out or are too many, or cannot be made out."""
    try:
        return _look(part, _in_written_style)
    except _NeedsRows:
        return _look(part, _RowFollower())


def _look(part: Part, look: Look) -> Seen:
    seen = Seen()
    count_cells = part.size > MOST_CELLS * SMALLEST_CELL
    for chunk, end in _chunks(part):
        look(chunk, end, seen)
        if count_cells:
            seen.cells += len(_FILLED.findall(chunk, 0, end))
            if seen.cells > MOST_CELLS:
                raise too_many_cells()
        _note_merged(chunk, end, seen)
    return seen


def _chunks(part: Part) -> Iterator[tuple[bytes, int]]:
    """Stretches of XML with where to stop looking: a few tags are kept for the next one, so that none is cut."""
    kept = b""
    for piece in part.pieces():
        chunk = kept + piece if kept else piece
        end = len(chunk)
        for _ in range(_TAGS_KEPT):
            end = chunk.rfind(b"<", 0, max(end, 0))
        end = max(end, 0)
        if len(chunk) - end > _LONGEST_TAG:
            raise damaged("a cell holds several megabytes")
        yield chunk, end
        kept = chunk[end:]
    yield kept, len(kept)


def _in_written_style(chunk: bytes, end: int, seen: Seen) -> None:
    if b":" in chunk and _PREFIXED.search(chunk):
        raise _NeedsRows
    for odd in _ODD.finditer(chunk):
        start = odd.start()
        if start >= end:
            break
        formula = _FORMULA.match(chunk, start)
        if formula:
            _note_formula(formula[1], seen)
        else:
            _look_closely(chunk, start, seen)


def _look_closely(chunk: bytes, start: int, seen: Seen) -> None:
    tag = _CELL.match(chunk, start)
    if not tag:
        raise damaged("its cells are not written as cells are")
    reference = _note_cell(chunk, tag.end(), tag[1], seen)
    if not reference:
        raise _NeedsRows
    if _is_filled(chunk, tag.end(), tag[2]):
        column, row = _place(reference)
        _refuse_far(column, row)


class _RowFollower:
    """Follows rows and cells one by one, as the reader does: a cell without a place comes after the one before."""

    def __init__(self) -> None:
        self._row = 0
        self._column = 0

    def __call__(self, chunk: bytes, end: int, seen: Seen) -> None:
        if b"<!" in chunk:
            raise damaged("its cells have comments in between")
        found = 0
        for tag in _ROW_OR_CELL.finditer(chunk):
            if tag.start() >= end:
                break
            found += 1
            if tag[1] == b"row":
                self._begin_row(tag[2])
            else:
                self._cell(chunk, tag, seen)
        if found != len(_ANY_ROW_OR_CELL.findall(chunk, 0, end)):
            raise damaged("its cells are not written as cells are")

    def _begin_row(self, attributes: bytes) -> None:
        given = _attributes(attributes).get(b"r", b"")
        if given and not (given.isdigit() and len(given) < 8):
            raise damaged("its rows are not numbered")
        self._row = int(given) if given else self._row + 1
        self._column = 0

    def _cell(self, chunk: bytes, tag: re.Match[bytes], seen: Seen) -> None:
        reference = _note_cell(chunk, tag.end(), tag[2], seen)
        row = self._row
        self._column += 1
        if reference:
            self._column, row = _place(reference)
        if _is_filled(chunk, tag.end(), tag[3]):
            seen.cells += 1
            _refuse_far(self._column, row)


def _note_cell(chunk: bytes, after: int, attributes: bytes, seen: Seen) -> bytes:
    """Note an error or a formula in the cell; gives its reference, blank when it has none."""
    given = _attributes(attributes)
    if given.get(b"t") == b"e":
        seen.errors = True
    reference = given.get(b"r", b"")
    if chunk.startswith(b"<f", after):
        _note_formula(reference, seen)
    return reference


def _note_formula(reference: bytes, seen: Seen) -> None:
    seen.formulas += 1
    if len(seen.formula_cells) < _NAMED and reference:
        seen.formula_cells.append(reference.decode("ascii", "replace"))


def _note_merged(chunk: bytes, end: int, seen: Seen) -> None:
    """Merged ranges stand behind all rows, so only what comes after the last row is searched."""
    after_rows = max(chunk.rfind(b"row>"), 0)
    if chunk.find(b"mergeCell", after_rows) < 0:
        return
    for merged in _MERGED.finditer(chunk, after_rows):
        if merged.start() < end:
            seen.merged += 1
            if len(seen.merged_ranges) < _NAMED:
                seen.merged_ranges.append(merged[1].decode("ascii"))


def _attributes(text: bytes) -> dict[bytes, bytes]:
    """Each attribute as it is first given."""
    found: dict[bytes, bytes] = {}
    for name, double, single in _ATTRIBUTE.findall(text):
        found.setdefault(name, double or single)
    return found


def _place(reference: bytes) -> tuple[int, int]:
    """``C7`` as (3, 7)."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise damaged("its cells are not where cells can be")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + letter - ord("A") + 1
    return column, int(found[2])


def _is_filled(chunk: bytes, after: int, closed: bytes) -> bool:
    return not closed and not chunk.startswith(b"</", after)


def _refuse_far(column: int, row: int) -> None:
    if column > MOST_COLUMNS:
        raise too_many_columns(column)
    if row > LAST_ROW:
        raise Unreadable(
            "too_many_rows",
            f"The sheet has something in row {row:,}; at most {MOST_ROWS:,} rows can be read.",
            "Delete what stands below the last row (select those rows and delete them), or split the sheet in files.",
        )


def too_many_cells() -> Unreadable:
    """For a sheet with more filled cells than are held in memory."""
    return Unreadable(
        "too_many_cells",
        f"This sheet has more than {MOST_CELLS:,} filled cells.",
        "Delete the columns that are not needed, or save the sheet as CSV, and upload that.",
    )
