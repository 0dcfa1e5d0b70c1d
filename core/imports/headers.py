"""Which header means which column: by its name, its synonyms, or what the organisation said before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from core.imports.hiding import is_secret_header
from core.imports.models import ENGINE_COLUMNS
from core.imports.resource import Column, UploadResource

_MOST_SUGGESTIONS: Final = 3
_LIKELY: Final = 0.45
_SAME_LETTERS: Final = 0.85
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
    names = {normalised(name): name for name in resource.columns} | engine_columns(headers)
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


def engine_columns(headers: Sequence[str]) -> dict[str, str]:
    """Normalised headers of a file of failed rows with the columns they mean, whatever the type.

    Without ``upload_row`` it is no such file, and a header “Reason” is the uploader's own.
    """
    ours = {normalised(name): name for name in ENGINE_COLUMNS}
    return ours if normalised(ENGINE_COLUMNS[0]) in map(normalised, headers) else {}


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
    free = {name: column for name, column in resource.columns.items() if name not in columns}
    for header, column, is_open in zip(headers, columns, open_to, strict=True):
        if header and not column and is_open and (likely := _likely(header, free)):
            yield header, likely[:_MOST_SUGGESTIONS]


def _likely(header: str, free: Mapping[str, Column]) -> list[str]:
    """Columns that a header may mean. What is secret would be shown in any column but one that keeps secrets."""
    if is_secret_header(header):
        return [name for name, column in free.items() if column.secret]
    scores = {
        name: max(_likeness(header, called) for called in (name, *column.synonyms, *column.hints))
        for name, column in free.items()
    }
    return sorted((name for name in scores if scores[name] >= _LIKELY), key=lambda name: -scores[name])


def _likeness(header: str, name: str) -> float:
    """From 0 to 1: how much of the name's words the header has, or 1 for the same letters but for a slip."""
    said, meant = _words(header), _words(name)
    if not said or not meant:
        return 0.0
    shared = sum(1 for word in meant if any(_alike(word, other) for other in said))
    by_words = 0.7 * shared / len(meant) + 0.3 * 2 * shared / (len(said) + len(meant))
    return 1.0 if _alike(normalised(header)[:100], normalised(name)) else by_words


def _words(name: str) -> list[str]:
    """``agentNPN`` and ``Agent_NPN`` as ``agent``, ``npn``; without the s of several."""
    singular: Iterable[str] = (
        word.casefold().removesuffix("s") for word in _WORD.findall(name.replace("(s)", "")[:100])
    )
    return list(dict.fromkeys(word for word in singular if word))


def _alike(word: str, other: str) -> bool:
    """Whether they differ by no more than a slip: letters swapped, one left out, or few in a long word."""
    if word == other or min(len(word), len(other)) <= 2:
        return word == other
    swapped = sorted(word) == sorted(other)
    return swapped or SequenceMatcher(None, word, other).ratio() >= _SAME_LETTERS
