"""What a file looks like once it is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from core.errors import DomainError

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 64
MOST_UNPACKED = 200 * 1024 * 1024
MOST_CHARACTERS = 32_767
"""Of one cell: what a spreadsheet's own cell holds."""
MOST_OF_A_HEADER = 200
"""Characters that are kept of one: it stands again in every row whose cell beneath it is only kept."""

_ROWS_NAMED = 20

RawRow = tuple[int, list[str]]
"""Its number, as a spreadsheet counts, and a trimmed text for each header."""


class Unreadable(DomainError):
    """The file as a whole cannot be taken. The sentence says why, and what to do to it."""


@dataclass(slots=True)
class OpenSheet:
    """A sheet with its header read. ``format`` is for people; ``warnings`` are sentences about the file.

    Headers are told apart: the second ``NPN`` is ``NPN (2)``, and a column without a header but with cells in it is
    ``Column 7``. A header stays blank only where nothing stands beneath it.
    """

    format: str
    headers: list[str]
    read: Callable[[], Iterator[RawRow]]
    """Begins to read again: every row that is not blank, the header first, with as many texts as it happens to have."""
    remarks: list[str] = field(default_factory=list)
    """What was noticed on opening."""
    delimited: bool = False
    """Whether a delimiter tells its cells apart, so that one too many moves all that follow."""
    surplus: dict[int, int] = field(default_factory=dict)
    """``{row: cells}`` filled beyond the last header, and left out. Known once ``rows`` has given the row."""

    def rows(self) -> Iterator[RawRow]:
        """Every row but blank ones, from the first, each time it is called. May raise Unreadable on the way."""
        self.surplus.clear()
        width = len(self.headers)
        rows = self.read()
        next(rows)
        for count, (number, cells) in enumerate(rows, start=1):
            if count > MOST_ROWS:
                raise too_many_rows()
            yield number, cells if len(cells) == width else self._fitted(number, cells, width)

    @property
    def warnings(self) -> list[str]:
        """Sentences about the file. Those about rows are there once ``rows`` has run to its end."""
        return [*self.remarks, *self._about_surplus()]

    def _fitted(self, number: int, cells: list[str], width: int) -> list[str]:
        surplus = sum(1 for cell in cells[width:] if cell)
        if surplus:
            self.surplus[number] = surplus
        return cells[:width] + [""] * (width - len(cells))

    def _about_surplus(self) -> Iterator[str]:
        if self.surplus:
            one = len(self.surplus) == 1
            yield (
                f"{listed('Row', list(map(str, self.surplus)))} {'has' if one else 'have'} more cells than there are "
                "headers; the surplus ones were left out. A value that holds the delimiter needs quotes around it."
            )


def listed(noun: str, names: list[str], total: int | None = None) -> str:
    """``Rows 3, 4, 9 and 12 more``: the first names of many."""
    total = len(names) if total is None else total
    shown = names[:_ROWS_NAMED]
    rest = total - len(shown)
    plural = noun if total == 1 else f"{noun}s"
    if rest:
        return f"{plural} {', '.join(shown)} and {rest:,} more"
    return f"{plural} {' and '.join(filter(None, [', '.join(shown[:-1]), shown[-1]]))}"


def too_many_rows() -> Unreadable:
    """For a file with more rows than are taken."""
    return Unreadable(
        "too_many_rows",
        f"This file has more than {MOST_ROWS:,} rows.",
        "Split it into several files and upload them one after the other.",
    )


def too_many_columns(count: int) -> Unreadable:
    """For a file with more columns than are taken."""
    return Unreadable(
        "too_many_columns",
        f"This file has {count:,} columns; at most {MOST_COLUMNS} can be read.",
        "Delete the columns that are not needed and upload it again.",
    )
