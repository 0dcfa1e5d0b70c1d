"""Texts that a workbook says once and its cells refer to: in memory every cell gets its own copy."""

from __future__ import annotations

import re
from array import array
from typing import Final

from core.imports.reading import sheet_scan
from core.imports.reading.package import Part
from core.imports.reading.sheet import Unreadable

MOST_TEXT: Final = 128 * 1024 * 1024
"""Bytes that the texts of all cells may take; texts said once and used in many cells count each time."""
_STRING = re.compile(rb"<(?:[^\s<>/:]*:)?si(?=[\s/>])")
_WRITTEN_STRING: Final = b"<si>"
_INDEX = re.compile(rb"<(?:[^\s<>/:]*:)?v>([0-9]{1,9})</")
_ANY_VALUE = re.compile(rb"<(?:[^\s<>/:]*:)?v[\s/>]")
_PIECE_OF_TEXT: Final = 1 << 20
_MOST_STRINGS: Final = sheet_scan.MOST_CELLS


def checked(strings: Part, sheet: Part) -> Part:
    """The texts that cells refer to, seen not to swell beyond memory when each cell gets its own.

    Each step is closer and slower than the one before; nearly every workbook passes at the first.
    """
    longest = _longest_text(strings)
    few = strings.size <= _MOST_STRINGS * len("<si/>")
    if few and longest * (sheet.size // sheet_scan.SMALLEST_CELL) <= MOST_TEXT:
        return strings
    if few and longest * sum(len(_ANY_VALUE.findall(piece)) + 1 for piece in sheet.pieces()) <= MOST_TEXT:
        return strings
    _refuse_swelling(_lengths(strings), sheet)
    return strings


def _longest_text(strings: Part) -> int:
    """Bytes of the longest text, or more: where texts are written in an odd style, several count as one."""
    longest = 0
    kept = b""
    is_head = True
    for piece in strings.pieces():
        *texts, kept = (kept + piece).split(_WRITTEN_STRING)
        if texts and is_head:
            is_head = False
            if not _STRING.search(texts[0]):
                del texts[0]
        longest = max(longest, *map(len, texts)) if texts else longest
        if len(kept) > _PIECE_OF_TEXT:
            return MOST_TEXT
    return max(longest, len(kept))


def _lengths(strings: Part) -> array[int]:
    """Bytes of each text, markup included."""
    lengths = array("I")
    kept = b""
    for piece in strings.pieces():
        chunk = kept + piece
        end = max(chunk.rfind(b"<"), 0)
        first, *texts = _STRING.split(chunk[:end])
        if lengths:
            lengths[-1] += len(first)
        lengths.extend(map(len, texts))
        kept = chunk[end:]
        if len(lengths) > _MOST_STRINGS:
            raise sheet_scan.too_many_cells()
    return lengths


def _refuse_swelling(lengths: array[int], sheet: Part) -> None:
    """Add up what the cells refer to; a reference that cannot be made out counts as the longest text."""
    longest = max(lengths, default=0)
    total = 0
    kept = b""
    for piece in sheet.pieces():
        chunk = kept + piece
        end = max(chunk.rfind(b"<", 0, max(chunk.rfind(b"<"), 0)), 0)
        known = [int(index) for index in _INDEX.findall(chunk, 0, end)]
        total += sum(lengths[index] for index in known if index < len(lengths))
        total += (len(_ANY_VALUE.findall(chunk, 0, end)) - len(known)) * longest
        kept = chunk[end:]
        if total > MOST_TEXT:
            raise Unreadable(
                "too_large_unpacked",
                f"The texts of this sheet take more than {MOST_TEXT // 1024 // 1024} MB when each cell gets its own.",
                "Shorten or delete the columns with long texts and upload it again.",
            )
