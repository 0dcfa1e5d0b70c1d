"""Cells as trimmed texts, whatever they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from core.exports import neutral
from core.imports.reading.sheet import MOST_CHARACTERS, Unreadable

#: Besides what ``str.strip`` takes for blank: what has no width and marks of direction, which copying brings along.
_INVISIBLE: Final = "".join(
    map(chr, [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)])
) + ("\ufeff\u00ad\0")
_BLANKS: Final = "".join(map(chr, filter(lambda code: chr(code).isspace(), range(0x3001)))) + _INVISIBLE
_GUARD: Final = '="'
SEPARATORS: Final = ",;|"
"""Of cells and of lists. A row with nothing else in it is blank, whichever of them the file goes by."""
_MIDNIGHT: Final = time.min
_EXACT_DIGITS: Final = ".15g"
"""As many as a spreadsheet keeps: 0.1 + 0.2 is 0.3 again."""


def is_plain(text: str) -> bool:
    """Whether the joined texts of a row need nothing but what ``str.strip`` has done to each."""
    return (
        len(text) <= MOST_CHARACTERS
        and (text.isascii() or text.isprintable())  # what is invisible is not printable
        and "=" not in text
        and "'" not in text
        and "\0" not in text
    )


def careful(number: int, cells: list[str], first_column: int = 0) -> list[str]:
    """The cells of a row that is not plain, each looked at; Unreadable for one that is longer than a cell may be."""
    for position, cell in enumerate(cells, start=first_column):
        if len(cell) > MOST_CHARACTERS:
            raise Unreadable(
                "cell_too_long",
                f"Row {number:,}, column {position + 1}: the cell holds {len(cell):,} characters; "
                f"at most {MOST_CHARACTERS:,} fit.",
                "Look for a quotation mark that is opened and never closed, or shorten the cell.",
            )
    return [_bare(cell) for cell in cells]


def _bare(cell: str) -> str:
    """Without invisible characters around it, the ``="0253"`` guard, and the apostrophe that our own files add."""
    text = cell.replace("\0", "").strip(_BLANKS)
    if text.startswith(_GUARD) and text.endswith('"') and len(text) > len(_GUARD):
        text = text[len(_GUARD) : -1].replace('""', '"').strip(_BLANKS)
    elif text.startswith("'") and neutral(text[1:]) == text:
        text = text[1:].strip(_BLANKS)
    return text


def text_of(value: Any) -> str:
    """What a typed cell of a spreadsheet says: ``8810001``, ``0.5``, ``2026-02-28``, ``true``."""
    write = _WRITERS.get(type(value))
    return write(value) if write else str(value)


def _number(value: float) -> str:
    return f"{int(value)}" if value.is_integer() else _decimal(value)


def _moment(value: datetime) -> str:
    if value.time() == _MIDNIGHT:
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds")


def _decimal(value: float) -> str:
    """Written out, never as 1e-07."""
    text = format(value, _EXACT_DIGITS)
    return format(Decimal(text), "f") if "e" in text else text


def _duration(value: timedelta) -> str:
    """``30:00:00``, as a spreadsheet shows it."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


_WRITERS: Final[Mapping[type, Callable[[Any], str]]] = {
    bool: lambda value: "true" if value else "false",
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    timedelta: _duration,
}
