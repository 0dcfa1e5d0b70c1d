"""What a file looks like once it is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from core.errors import DomainError

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 64
MOST_UNPACKED = 200 * 1024 * 1024

RawRow = tuple[int, list[str]]
"""Its number, as a spreadsheet counts, and a trimmed text for each header."""


class Unreadable(DomainError):
    """The file as a whole cannot be taken. The sentence says why, and what to do to it."""


@dataclass(slots=True)
class OpenSheet:
    """A sheet with its header read. ``format`` is for people; ``warnings`` are sentences about the file."""

    format: str
    headers: list[str]
    warnings: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[RawRow]:
        """Every row but blank ones, from the first, each time it is called. May raise Unreadable on the way."""
        raise NotImplementedError


def open_sheet(content: bytes, file_name: str) -> OpenSheet:
    """Open a file by what it holds; its name is only believed where the content leaves it open."""
    raise NotImplementedError
