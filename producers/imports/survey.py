"""What has to be known of a whole file about people before its first row is judged.

Of a hundred thousand rows only what may contradict is kept: for each NPN its first row and hashes of what is said
about the person, for each social security number its NPN. More is remembered of those that come again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from struct import Struct
from typing import Any, ClassVar

from core.imports.rows import UploadRow
from core.imports.types import Survey
from producers.services.onboarding import Person

SAID_OF_PEOPLE = {
    "first_name": "first name",
    "last_name": "last name",
    "agency_npn": "agency",
    "agent_email": "e-mail address",
    "agent_ssn": "social security number",
    "external_id": "external id",
}
"""Columns in which all rows of one person have to agree, as far as they are filled."""

_COLUMNS = tuple(SAID_OF_PEOPLE)
_HASHES = Struct(f"{len(_COLUMNS)}q")
_NAMES_TOLD = 3
_ROWS_NAMED = 10
"""Rows that a sentence names; of more it says how many."""
_SAME_END = 50
"""Different social security numbers that may end in the same four digits; of a hundred thousand people about ten do.

The last four digits are shown, and a preview says which numbers are on file: more of them would be guessing.
"""


@dataclass(slots=True)
class AgencySeen:
    """An agency as a file names it. More is kept only of those that go by several names."""

    rows: list[int]
    """The first few that name its NPN."""
    name: str = ""
    """Blank while no row gives it."""
    named_in: int = 0
    several: dict[str, tuple[str, int]] | None = None
    """Some of its names with the first row of each, when it has more than one."""

    def call(self, name: str, number: int) -> None:
        """Take note of a row that gives its name. Capitals and spaces make no other name."""
        if not self.name:
            self.name, self.named_in = name, number
        elif name != self.name:
            key, known = _loosely(name), _loosely(self.name)
            if key == known:
                # Which of several spellings is kept must not depend on the order of rows.
                self.name = min(self.name, name, key=lambda each: (each.isupper() or each.islower(), each))
                return
            self.several = self.several or {known: (self.name, self.named_in)}
            if len(self.several) < _NAMES_TOLD:
                self.several.setdefault(key, (name, number))


def _loosely(name: str) -> str:
    return " ".join(name.split()).casefold()


class PeopleSurvey(Survey):
    """Who stands where in the file, and who contradicts whom."""

    looks_at: ClassVar = {*SAID_OF_PEOPLE, "agent_npn", "agency_name"}

    def __init__(self) -> None:
        self._said: dict[str, tuple[int, bytes]] = {}
        self._again: dict[str, list[int]] = {}
        self._contradicted: dict[str, set[str]] = {}
        self._ssn_npns: dict[int, str] = {}
        self._shared_ssns: dict[int, set[str]] = {}
        self._ssn_rows: dict[int, list[int]] = {}
        self._ssn_elsewhere: dict[tuple[int, str], tuple[list[int], int]] = {}
        self._ssn_ends: Counter[str] = Counter()
        self.agencies: dict[str, AgencySeen] = {}
        self.made_agencies: set[str] = set()
        """NPNs of new agencies that rows judged by now would make; a preview writes nothing."""
        self.memory: dict[str, Person] = {}
        """People whom later rows are about too, as earlier rows would leave them."""

    def see(self, row: UploadRow) -> None:
        """Take note of a row."""
        values = row.values
        npn, agency = values.get("agent_npn"), values.get("agency_npn")
        if npn:
            self._see_person(npn, row.number, values)
        if agency:
            seen = self.agencies.get(agency)
            if seen is None:
                seen = self.agencies[agency] = AgencySeen([])
            if len(seen.rows) < _ROWS_NAMED:
                seen.rows.append(row.number)
            if name := values.get("agency_name"):
                seen.call(name, row.number)

    def _see_person(self, npn: str, number: int, values: Mapping[str, Any]) -> None:
        said = _HASHES.pack(*[hash(values[name]) if name in values else 0 for name in _COLUMNS])
        before = self._said.get(npn)
        if before is None:
            self._said[npn] = number, said
        else:
            self._again.setdefault(npn, [before[0]]).append(number)
            if said != before[1]:
                self._said[npn] = before[0], self._agreed(npn, before[1], said)
        if ssn := values.get("agent_ssn"):
            key = hash(ssn)
            if key not in self._ssn_npns:
                self._ssn_ends[ssn[-4:]] += 1
            owner = self._ssn_npns.setdefault(key, npn)
            if owner != npn:
                self._shared_ssns.setdefault(key, {owner}).add(npn)

    def _agreed(self, npn: str, before: bytes, said: bytes) -> bytes:
        """What both say, each filling in for the other; where they differ, that is noted."""
        merged = []
        for name, old, new in zip(_COLUMNS, _HASHES.unpack(before), _HASHES.unpack(said), strict=True):
            if old and new and old != new:
                self._contradicted.setdefault(npn, set()).add(name)
            merged.append(old or new)
        return _HASHES.pack(*merged)

    def remember(self, person: Person) -> None:
        """Keep somebody as a row leaves them, if further rows are about them."""
        if person.npn in self._again:
            self.memory[person.npn] = person

    def contradictions(self, npn: str, number: int) -> Iterable[tuple[str, str]]:
        """Columns in which the rows of a person differ, each with the sentence for row ``number``."""
        for name in sorted(self._contradicted.get(npn, ())):
            yield (
                name,
                (
                    f"The same NPN stands in {named_rows(self._again[npn], number)}, "
                    f"and the {SAID_OF_PEOPLE[name]} is not the same in all. Make them agree, or correct the NPN."
                ),
            )

    def shared_ssn(self, ssn: str, npn: str) -> str:
        """A sentence when the file gives this social security number to other people too."""
        key = hash(ssn)
        npns = self._shared_ssns.get(key)
        if not npns or npns == {npn}:
            return ""
        named, count = self._elsewhere(key, npn, npns)
        return (
            f"The same social security number stands in {_in_words(named, count)} for another NPN. "
            "Correct whichever is wrong."
        )

    def _elsewhere(self, key: int, npn: str, npns: set[str]) -> tuple[list[int], int]:
        """The first rows in which other people have the number, and how many rows that are.

        One number may stand in every row of a file, so each person is looked up once and little of it is kept.
        """
        found = self._ssn_elsewhere.get((key, npn))
        if found is None:
            rows = self._ssn_rows.get(key)
            if rows is None:
                rows = self._ssn_rows[key] = sorted(row for each in npns for row in self.rows_as_person(each))
            mine = set(self.rows_as_person(npn))
            others = (row for row in rows if row not in mine)
            found = self._ssn_elsewhere[key, npn] = list(islice(others, _ROWS_NAMED)), len(rows) - len(mine)
        return found

    def guessed(self, ssn: str) -> str:
        """A sentence when so many numbers of the file end alike that nothing may be said of any of them."""
        count = self._ssn_ends[ssn[-4:]]
        if count <= _SAME_END:
            return ""
        return (
            f"{count:,} different social security numbers of this file end in the same four digits, as those of no "
            "list of people do. Correct the column, or leave it out."
        )

    def rows_as_agency(self, npn: str) -> list[int]:
        """Rows that name this NPN as an agency's, the first few."""
        seen = self.agencies.get(npn)
        return seen.rows if seen else []

    def rows_as_person(self, npn: str) -> list[int]:
        """Rows that are about this NPN as a person's."""
        return self._again.get(npn) or ([self._said[npn][0]] if npn in self._said else [])


def named_rows(rows: Sequence[int], but: int) -> str:
    """Ascending rows without one of them: ``row 7``, ``rows 3, 7 and 9``, ``rows 3, 7 … and 99,990 more``."""
    place = bisect_left(rows, but)
    others = len(rows) - (place < len(rows) and rows[place] == but)
    return _in_words([row for row in rows[: _ROWS_NAMED + 1] if row != but][:_ROWS_NAMED], others)


def _in_words(rows: Sequence[int], count: int) -> str:
    """The first rows of so many."""
    named = list(map(str, rows))
    if count > _ROWS_NAMED:
        return f"rows {', '.join(named)} and {count - _ROWS_NAMED:,} more"
    if count == 1:
        return f"row {named[0]}"
    return f"rows {', '.join(named[:-1])} and {named[-1]}"
