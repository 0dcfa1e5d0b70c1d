"""What the cells of these uploads mean, where producer uploads have nothing like it. Nothing here asks the database."""

from __future__ import annotations

import re

from core.imports.resource import CellFault
from producers.identity import plain
from producers.imports.widgets import read_cocodes

_SEPARATORS = re.compile(r"[;|\n]")
_MOST_CHARACTERS = 200


def read_cocode(text: str) -> str:
    """One CoCode, with the zeros in front that a spreadsheet took off."""
    codes = read_cocodes(text)
    if len(codes) > 1:
        raise CellFault("several", f"{', '.join(codes)}: one company a row. Write a row for each of them.")
    if not codes[0].strip("0"):
        raise CellFault("malformed", f"“{text}” is not a CoCode: it is zeros only.")
    return codes[0]


def read_lines(text: str) -> tuple[str, ...]:
    """Categories and lines by code or name, each once, as written.

    A comma may part two of them or belong to the name of one; which of both is told by the lines of the state.
    """
    parts = tuple(dict.fromkeys(part for each in _SEPARATORS.split(text) if (part := plain(each))))
    if not parts:
        raise CellFault("malformed", "Only separators stand here; write a list such as life; health.")
    long = next((part for part in parts if len(part) > _MOST_CHARACTERS), None)
    if long is not None:
        raise CellFault("too_long", f"“{long[:50]}…” is neither a category nor a line: it is too long.")
    return parts


def render_lines(lines: tuple[str, ...]) -> str:
    """As a text that is read as the same again."""
    return "; ".join(lines)
