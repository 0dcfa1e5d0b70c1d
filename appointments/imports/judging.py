"""Judging rows as the requests that they would become, with what is judged and priced everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from appointments.imports.asking import Asking, Reading, Request, Way
from appointments.imports.expanding import owned, parts
from appointments.imports.survey import AskedRow, Told
from appointments.imports.telling import ASKED_TWICE, Found, tell
from appointments.imports.twice import asked_by, contradictions
from appointments.services.asking.drafts import Judged
from appointments.services.asking.requests import Faults
from appointments.services.asking.running import let_go
from core.imports.enums import Outcome
from rulebook.rules.reasons import ReasonBook


def judge_lots(way: Way, lots: Sequence[list[AskedRow]], *, just_in_time_too: bool) -> dict[int, Told]:
    """How each row of some lots is judged, by its number. A lot is every row of one producer and company.

    Since a batch is of one producer, state and company, nothing that is counted once is parted: of a state that takes
    one fee a batch the first row that may be sent carries it, and what two rows ask for is asked for by one. So the
    sum over the rows is, to the cent, what a plan of the same requests says, in whatever order they stand.
    """
    told: dict[int, Told] = {}
    rows = [row for lot in lots for row in _without_repeats(lot)]
    reading = way.reading(rows)
    for part in parts(way, [reading.asking(row) for row in rows]):
        told |= _Part(way, reading, part, just_in_time_too=just_in_time_too).tell()
    for lot in lots:
        _tell_repeats(lot, told)
    return told


def _without_repeats(lot: Sequence[AskedRow]) -> list[AskedRow]:
    first: dict[Any, AskedRow] = {}
    for row in lot:
        first.setdefault(row.content, row)
    return list(first.values())


def _tell_repeats(lot: Sequence[AskedRow], told: dict[int, Told]) -> None:
    """A row in the same words as an earlier one shares its fate, but that of being asked for."""
    first: dict[Any, int] = {}
    for row in lot:
        number = first.setdefault(row.content, row.number)
        if number == row.number:
            continue
        earlier = told[number]
        if earlier.outcome == Outcome.NEW:
            text = f"Row {number} of this file asks for the same."
            told[row.number] = Told(Outcome.UNCHANGED, warnings=[("", ASKED_TWICE, text)])
        else:
            told[row.number] = Told(earlier.outcome, list(earlier.faults), list(earlier.warnings))


@dataclass(slots=True)
class _Part:
    """Rows that are judged together."""

    way: Way
    reading: Reading
    askings: list[Asking]
    just_in_time_too: bool = field(kw_only=True)
    reasons: ReasonBook | None = field(default=None, init=False)

    def tell(self) -> dict[int, Told]:
        """How each row is judged, by its number."""
        owners, requests = owned(self.askings)
        found = self._judged(owners, requests) if requests else {}
        return {
            asking.row.number: self._told(asking, found.get(asking.row.number) or Found())
            for asking in self.askings
        }

    def _judged(self, owners: Sequence[int], requests: Sequence[Request]) -> dict[int, Found]:
        asked = self.way.examine(requests, Faults())
        known = self.way.known(asked)
        self.reasons = known.reasons
        judged = self._judge(known, asked)
        contradicting = contradictions(judged, owners, self.way.columns)
        if contradicting:
            # What they would have borne of the cost falls to others.
            for asking in self.askings:
                if asking.row.number in contradicting:
                    asking.faults.append(contradicting[asking.row.number])
            judged = self._judge(known, [each for each in asked if owners[each.index] not in contradicting])
        return self._found(judged, owners, requests)

    def _judge(self, known: Any, asked: Sequence[Any]) -> Judged:
        judged = self.way.judge(known, asked)
        if self.just_in_time_too:
            let_go(judged)
        return judged

    def _told(self, asking: Asking, found: Found) -> Told:
        if asking.faults:
            return Told(Outcome.ERROR, faults=list(asking.faults))
        if not asking.requests:
            return Told(Outcome.UNCHANGED, warnings=list(asking.already))
        told = tell(found, self.reasons, self.way.lines_column)
        told.warnings += asking.already
        return told

    def _found(self, judged: Judged, owners: Sequence[int], requests: Sequence[Request]) -> dict[int, Found]:
        """What was found of each row, by its number."""
        found: dict[int, Found] = {}
        for index, refusal in judged.refusals.items():
            found.setdefault(owners[index], Found()).refusals.append((requests[index]["state"], refusal))
        for draft in judged.drafts:
            mine = found.setdefault(owners[draft.index], Found())
            place = len(mine.drafts)
            mine.drafts.append(draft)
            earlier = asked_by(draft)
            if earlier is not None and owners[earlier] != owners[draft.index]:
                mine.twice[place] = owners[earlier]
            elif draft.not_eligible and (earlier is not None or self.reading.held_already(draft)):
                mine.already.add(place)
        return found
