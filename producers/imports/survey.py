"""What has to be known of a whole file about people before its first row is judged.

Of a hundred thousand rows only what may contradict is kept: for each NPN its first row and hashes of what is said
about the person, for each social security number its NPN. More is remembered of those that come again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from struct import Struct
from typing import Any

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
_ROWS_NAMED = 10
"""Rows that a sentence names; of more it says how many."""


@dataclass(slots=True)
class AgencyNames:
    """What a file calls an agency: rows by name, the first few of each."""

    rows: dict[str, list[int]] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)

    def see(self, name: str, number: int) -> None:
        """Take note of a row that names it. Capitals and spaces make no other name."""
        key = " ".join(name.split()).casefold()
        rows = self.rows.setdefault(key, [])
        if len(rows) < _ROWS_NAMED:
            rows.append(number)
        # Which of several spellings is kept must not depend on the order of rows: one with both kinds of letters.
        known = self.spelled.get(key, name)
        self.spelled[key] = min(known, name, key=lambda each: (each.isupper() or each.islower(), each))

    @property
    def name(self) -> str:
        """The name, when it is one."""
        return next(iter(self.spelled.values())) if len(self.spelled) == 1 else ""


class PeopleSurvey(Survey):
    """Who stands where in the file, and who contradicts whom."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[int, bytes]] = {}
        self._again: dict[str, list[int]] = {}
        self._contradicted: dict[str, set[str]] = {}
        self._ssn_npns: dict[int, str] = {}
        self._shared_ssns: dict[int, set[str]] = {}
        self._ssn_rows: dict[tuple[int, str], list[int]] = {}
        self.agency_names: dict[str, AgencyNames] = {}
        self._agency_rows: dict[str, list[int]] = {}
        self.memory: dict[str, Person] = {}
        """Those whom later rows may name again, as earlier rows leave them; a preview writes nothing."""

    def see(self, row: UploadRow) -> None:
        """Take note of a row."""
        values = row.values
        npn, agency = values.get("agent_npn"), values.get("agency_npn")
        if npn:
            self._see_person(npn, row.number, values)
        if agency:
            rows = self._agency_rows.setdefault(agency, [])
            if len(rows) < _ROWS_NAMED:
                rows.append(row.number)
            if name := values.get("agency_name"):
                self.agency_names.setdefault(agency, AgencyNames()).see(name, row.number)

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

    def shared_ssn(self, ssn: str, npn: str, number: int) -> str:
        """A sentence when the file gives this social security number to other people too."""
        key = hash(ssn)
        others = self._shared_ssns.get(key, set()) - {npn}
        if not others:
            return ""
        rows = self._ssn_rows.get((key, npn))
        if rows is None:
            rows = self._ssn_rows[key, npn] = sorted(
                row for each in others for row in self.rows_as_person(each)
            )
        return (
            f"The same social security number stands in {named_rows(rows, number)} for another NPN. "
            "Correct whichever is wrong."
        )

    def rows_as_agency(self, npn: str) -> list[int]:
        """Rows that name this NPN as an agency's, the first few."""
        return self._agency_rows.get(npn, [])

    def rows_as_person(self, npn: str) -> list[int]:
        """Rows that are about this NPN as a person's."""
        return self._again.get(npn) or ([self._said[npn][0]] if npn in self._said else [])


def named_rows(rows: Sequence[int], but: int) -> str:
    """Ascending rows without one of them: ``row 7``, ``rows 3, 7 and 9``, ``rows 3, 7 … and 99,990 more``."""
    place = bisect_left(rows, but)
    others = len(rows) - (place < len(rows) and rows[place] == but)
    named = [str(row) for row in rows[: _ROWS_NAMED + 1] if row != but][:_ROWS_NAMED]
    if others > _ROWS_NAMED:
        return f"rows {', '.join(named)} and {others - _ROWS_NAMED:,} more"
    if others == 1:
        return f"row {named[0]}"
    return f"rows {', '.join(named[:-1])} and {named[-1]}"
