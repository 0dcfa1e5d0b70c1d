"""What may have been meant by a cell that is wrong, by what its column accepts."""

from __future__ import annotations

import re
from difflib import get_close_matches

from core.imports.types import Upload

MOST_OFFERED = 60
"""Accepted values that are offered while one types; a longer list is looked up in the template."""
LONGEST = 500
"""Characters of a cell that is looked into for slips."""
_LIKELY = 0.72
_SEPARATORS = re.compile(r"\s*[;|,]\s*")
_QUOTED = re.compile(r"\bmean “([^”]{1,100})”(?: or “([^”]{1,100})”)?", re.IGNORECASE)
"""A value that a message offers: Did you mean “life” or “health”?"""


class Offers:
    """Of one type, for one page: what columns accept is asked for once."""

    def __init__(self, upload: Upload) -> None:
        self._columns = upload.resource.columns
        self._accepted: dict[str, list[tuple[str, str]]] = {}

    def accepted(self, column: str) -> list[tuple[str, str]]:
        """The values and meanings of a column, where they are few enough to choose from."""
        if column not in self._accepted:
            asks = self._columns[column].accepted
            values = list(asks()) if asks else []
            self._accepted[column] = values if len(values) <= MOST_OFFERED else []
        return self._accepted[column]

    def for_cell(self, column: str, text: str, messages: list[str]) -> list[str]:
        """Texts to put into the cell: those that its messages name, else the text with its slips put right."""
        if self._columns[column].secret:
            return []
        named = [
            offer for message in messages for pair in _QUOTED.findall(message) for offer in pair if offer
        ]
        return list(dict.fromkeys(named)) or self._righted(column, text)

    def _righted(self, column: str, text: str) -> list[str]:
        known = {
            word.casefold(): value for value, meaning in self.accepted(column) for word in (meaning, value)
        }
        parts = [part for part in _SEPARATORS.split(text) if part]
        if not known or not parts or len(text) > LONGEST:
            return []
        meant = [known.get(part.casefold()) or _likeliest(part, known) for part in parts]
        righted = ";".join(dict.fromkeys(value for value in meant if value))
        return [righted] if all(meant) and righted != text else []


def _likeliest(part: str, known: dict[str, str]) -> str:
    close = get_close_matches(part.casefold(), known, n=1, cutoff=_LIKELY)
    return known[close[0]] if close else ""
