"""Which categories and lines the words of a cell name in a state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from producers.imports.widgets import loosely
from rulebook.rules.book import COUNTRY, RuleBook, normalised
from rulebook.rules.vocabulary import LoaCategory

CATEGORIES = {loosely(word): each.value for each in LoaCategory for word in (each.value, each.label)}
IsLine = Callable[[str, str], bool]
"""Whether a text is the code or the name of a line in a state."""


@dataclass(slots=True)
class LineWords:
    """The words of cells as categories and lines. Equal questions are answered once.

    ``categories_first`` reads “Life” as the category wherever it is one, however it is written. Otherwise a category
    is said by its slug, and a word that is the name of a line means that line.
    """

    book: RuleBook
    categories_first: bool
    _known: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = field(default_factory=dict, init=False)

    def read(self, state: str, words: tuple[str, ...], is_line: IsLine | None = None) -> tuple[str, ...]:
        """Slugs of categories, and lines as they are written; a word that is neither stays as it is.

        ``is_line`` knows lines besides those of the library; its answers are not remembered.
        """
        if is_line is not None:
            return self._read(
                state, words, lambda place, text: is_line(place, text) or self.listed(place, text)
            )
        key = (state, words)
        if key not in self._known:
            self._known[key] = self._read(state, words, self.listed)
        return self._known[key]

    def listed(self, state: str, text: str) -> bool:
        """Whether the library has a line of this code or name in the state, or in the country."""
        places = (state, COUNTRY)
        if any((place, text) in self.book.lines for place in places):
            return True
        plain = normalised(text)
        return bool(plain) and any((place, plain) in self.book.named_lines for place in places)

    def _read(self, state: str, words: tuple[str, ...], is_line: IsLine) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for word in words:
            found |= dict.fromkeys(self._meant(state, word, is_line))
        return tuple(found)

    def _meant(self, state: str, word: str, is_line: IsLine) -> list[str]:
        one = self._one(state, word, is_line)
        if one or "," not in word:
            return [one or word]
        return list(self._parted(state, word.split(","), is_line))

    def _one(self, state: str, word: str, is_line: IsLine) -> str:
        """The category or line that the whole word is; blank when it is neither."""
        category = CATEGORIES.get(loosely(word), "")
        if category and (self.categories_first or word == category):
            return category
        return word if is_line(state, word) else category

    def _parted(self, state: str, parts: list[str], is_line: IsLine) -> list[str]:
        """Words parted by commas, which may also stand within the name of a line: the longest name goes first."""
        found: list[str] = []
        start = 0
        while start < len(parts):
            for end in range(len(parts), start, -1):
                text = ",".join(parts[start:end]).strip()
                one = self._one(state, text, is_line) or (text if end == start + 1 else "")
                if one or end == start + 1:
                    found += [one] if one else []
                    start = end
                    break
        return found
