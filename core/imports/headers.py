"""Which header means which column: by its name, its synonyms, or what the organisation said before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from core.imports.models import ENGINE_COLUMNS
from core.imports.resource import UploadResource

_MOST_SUGGESTIONS: Final = 3
_LIKELY: Final = 0.45
_SAME_WORD: Final = 0.8
_SAME_NAME: Final = 0.75
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
_TURN = re.compile(r"(.+) \(\d+\)")


@dataclass(slots=True)
class Matched:
    """Headers with their columns."""

    columns: list[str]
    """For each header its column; blank for one that is only kept."""
    missing: list[str] = field(default_factory=list)
    """Required columns that no header means."""
    doubled: dict[str, list[str]] = field(default_factory=dict)
    """Columns that several headers mean, with these headers."""
    suggestions: dict[str, list[str]] = field(default_factory=dict)
    """For unmatched headers the columns they may mean, the likeliest first."""

    @property
    def clear(self) -> bool:
        """Whether the file can be read without asking anybody."""
        return not self.missing and not self.doubled


def normalised(header: str) -> str:
    """A header without what never matters: case, spaces, underscores, hyphens, brackets. ``State(s)`` is ``states``."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", header).casefold()))


def match(
    headers: Sequence[str],
    resource: UploadResource,
    *,
    remembered: Mapping[str, str],
    chosen: Mapping[str, str] | None = None,
) -> Matched:
    """Match headers. ``chosen`` (by header, for this file) goes before names, names before what is ``remembered``.

    A column that was chosen for a header, or found by name, is not given to a further header by a weaker way. Keys of
    ``remembered`` may be headers or normalised headers. The second header of one name, which reading calls
    ``NPN (2)``, means what the first means.
    """
    known = [*resource.columns, *ENGINE_COLUMNS]
    columns = _chosen(headers, chosen or {}, known)
    open_to = [header not in (chosen or {}) for header in headers]
    names = {normalised(name): name for name in known}
    synonyms = _synonyms(resource)
    by_memory = {normalised(header): column for header, column in remembered.items() if column in known}
    for ways in ({**synonyms, **names}, by_memory):
        _fill(headers, columns, open_to, ways)
    return Matched(
        columns,
        [name for name, column in resource.columns.items() if column.required and name not in columns],
        _doubled(headers, columns),
        dict(_suggestions(headers, columns, open_to, resource)),
    )


def _chosen(headers: Sequence[str], chosen: Mapping[str, str], known: Sequence[str]) -> list[str]:
    return [column if (column := chosen.get(header, "")) in known else "" for header in headers]


def _synonyms(resource: UploadResource) -> dict[str, str]:
    """Normalised synonyms with their columns; one that two columns share means the first."""
    found: dict[str, str] = {}
    for name, column in resource.columns.items():
        for synonym in column.synonyms:
            found.setdefault(normalised(synonym), name)
    return found


def _fill(
    headers: Sequence[str], columns: list[str], open_to: Sequence[bool], ways: Mapping[str, str]
) -> None:
    """Give unmatched headers the columns that these ways lead to, unless taken before."""
    taken = set(filter(None, columns))
    present = set(headers)
    for position, header in enumerate(headers):
        if columns[position] or not open_to[position]:
            continue
        column = ways.get(normalised(_first_of_name(header, present)), "")
        if column not in taken:
            columns[position] = column


def _first_of_name(header: str, present: set[str]) -> str:
    """``NPN`` for ``NPN (2)``, if there is an ``NPN`` in the file."""
    found = _TURN.fullmatch(header)
    return found[1] if found and found[1] in present else header


def _doubled(headers: Sequence[str], columns: Sequence[str]) -> dict[str, list[str]]:
    by_column: dict[str, list[str]] = {}
    for header, column in zip(headers, columns, strict=True):
        if column:
            by_column.setdefault(column, []).append(header)
    return {column: those for column, those in by_column.items() if len(those) > 1}


def _suggestions(
    headers: Sequence[str], columns: Sequence[str], open_to: Sequence[bool], resource: UploadResource
) -> Iterator[tuple[str, list[str]]]:
    free = {
        name: [name, *column.synonyms] for name, column in resource.columns.items() if name not in columns
    }
    for header, column, is_open in zip(headers, columns, open_to, strict=True):
        if not header or column or not is_open:
            continue
        scores = {name: max(_likeness(header, called) for called in calls) for name, calls in free.items()}
        likely = sorted(
            (name for name, score in scores.items() if score >= _LIKELY), key=lambda name: -scores[name]
        )
        if likely:
            yield header, likely[:_MOST_SUGGESTIONS]


def _likeness(header: str, name: str) -> float:
    """From 0 to 1: how much of the name's words the header has, or how alike the letters are."""
    said, meant = _words(header), _words(name)
    if not said or not meant:
        return 0.0
    shared = sum(1 for word in meant if any(_alike(word, other) for other in said))
    by_words = 0.7 * shared / len(meant) + 0.3 * 2 * shared / (len(said) + len(meant))
    by_letters = SequenceMatcher(None, normalised(header)[:100], normalised(name)).ratio()
    return max(by_words, by_letters if by_letters >= _SAME_NAME else 0.0)


def _words(name: str) -> list[str]:
    """``agentNPN`` and ``Agent_NPN`` as ``agent``, ``npn``; without the s of several."""
    singular: Iterable[str] = (
        word.casefold().removesuffix("s") for word in _WORD.findall(name.replace("(s)", "")[:100])
    )
    return list(dict.fromkeys(word for word in singular if word))


def _alike(word: str, other: str) -> bool:
    return word == other or (
        min(len(word), len(other)) > 2 and SequenceMatcher(None, word, other).ratio() >= _SAME_WORD
    )
