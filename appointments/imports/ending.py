"""Rows that ask for the end of appointments, an exported report of appointments among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from appointments.enums import AppointmentStatus, TransactionKind
from appointments.imports.asking import (
    AGENT,
    COCODE,
    STATES,
    Asking,
    Reading,
    Request,
    Way,
    companies_on_file,
    no_such_company,
    no_such_states,
)
from appointments.imports.lines import CATEGORIES, LineWords
from appointments.imports.survey import AskedRow, Place, Said, as_asked
from appointments.models import Appointment, DefaultTerminationReason
from appointments.services.asking import known as knowledge
from appointments.services.asking.drafts import Draft, Judged
from appointments.services.asking.ending import judge_terminations
from appointments.services.asking.known import Known
from appointments.services.asking.requests import Faults, TerminationAsked
from appointments.services.asking.terminations import examine
from core import clock
from core.imports.rows import UploadRow
from producers.states import state_names
from rulebook.rules.book import normalised
from rulebook.selectors import load_reason_book, load_rule_book

_ENDED = frozenset({"terminated", "no longer at the registry"})


class Ending(Way):
    """One request for terminations a state. ALL is every state in which the company has appointed the producer."""

    kind = TransactionKind.TERMINATION
    lines_column = "line_of_authority"
    columns = {
        "npn": AGENT,
        "state": STATES,
        "cocode": COCODE,
        "lines": lines_column,
        "reason": "termination_reason",
        "effective_date": "effective_date",
        "external_id": "external_id",
    }

    def asked(self, row: UploadRow, same: dict[Any, Any]) -> AskedRow | None:
        """A row without fault as values; nothing of one that the report it comes from says has ended."""
        return None if _ended(row) else as_asked(row, self.lines_column, same)

    def skipped(self, row: UploadRow) -> Said | None:
        """Of a report's row that has ended, that it has."""
        status = _ended(row)
        if not status:
            return None
        return "", "ended_already", f"Its status is “{status}”: there is nothing left to end."

    def reading(self, rows: Sequence[AskedRow]) -> TerminationReading:
        """Six queries."""
        return TerminationReading(rows)

    def examine(self, requests: Sequence[Request], faults: Faults) -> list[TerminationAsked]:
        """Requests as values."""
        return examine(requests, faults)

    def known(self, asked: Sequence[TerminationAsked]) -> Known:
        """What judging terminations takes."""
        return knowledge.for_terminations(asked, lock=False)

    def judge(self, known: Known, asked: Sequence[TerminationAsked]) -> Judged:
        """Judge and price them."""
        return judge_terminations(known, asked)


class _Held(NamedTuple):
    """An appointment of the registry, ended or not."""

    pk: int
    state: str
    county: str
    loa_code: str
    loa: str
    current: bool

    @property
    def names_no_line(self) -> bool:
        """As in states that appoint without lines."""
        return not self.loa_code and not self.loa

    def named(self, text: str) -> bool:
        """Whether a text is its line's code or name."""
        return text in (self.loa_code, self.loa) or bool(
            normalised(text) and normalised(text) == normalised(self.loa)
        )


class TerminationReading(Reading):
    """States, companies, lines, reasons and what the producers have, by which rows become requests."""

    def __init__(self, rows: Sequence[AskedRow]) -> None:
        self.states = state_names()
        on_file = companies_on_file()
        self.companies = {cocode: company.name for cocode, company in on_file.items()}
        self.book = load_rule_book()
        self.words = LineWords(self.book, categories_first=False)
        defaults = dict(DefaultTerminationReason.objects.values_list("state", "reason"))
        self.reasons = load_reason_book(clock.today(), defaults)
        feins = {company.fein: cocode for cocode, company in on_file.items() if company.fein}
        self.held = _held({row.npn for row in rows}, {row.cocode for row in rows}, feins)

    def asking(self, row: AskedRow) -> Asking:
        """One request a state; of what nobody knows, none at all."""
        held = self.held.get(row.place, ())
        faults = [] if row.everywhere else no_such_states(row.states, self.states)
        if row.cocode not in self.companies and not held:
            faults.append(no_such_company(row.cocode, self.companies))
        if row.reason and self.reasons.find(row.reason) is None:
            faults.append(self._no_such_reason(row))
        states = sorted({each.state for each in held if each.current}) if row.everywhere else row.states
        if not states and not faults:
            text = (
                f"NPN {row.npn} has no current appointment by {self.companies.get(row.cocode, row.cocode)}."
            )
            faults.append((STATES, "no_active_appointment", f"{text} Name the states, or leave the row out."))
        if faults:
            return Asking(row, faults=faults)
        if not row.lines:
            return self._asking_without_line(row, states, held)
        requests = [self._request(row, state, held) for state in states]
        faults += self._unknown_lines(requests, held)
        return Asking(row, [] if faults else requests, faults)

    def _asking_without_line(self, row: AskedRow, states: Sequence[str], held: Sequence[_Held]) -> Asking:
        """Of a blank line of authority: the appointments that name none, each by its number at the registry."""
        bare = [each for each in held if each.names_no_line]
        there = {state: [each for each in bare if each.current and each.state == state] for state in states}
        requests = [
            self._request(row, state, held) | {"appointment_id": each.pk}
            for state, found in there.items()
            for each in {each.county: each for each in reversed(found)}.values()
        ]
        ended = [state for state in states if not there[state] and any(each.state == state for each in bare)]
        lacking = [state for state in states if not there[state] and state not in ended]
        if lacking and not (row.everywhere and requests):
            return Asking(row, faults=[self._line_needed(row, lacking, held)])
        text = f"{', '.join(ended)}: the appointment without a line has ended already."
        return Asking(row, requests, already=[("", "no_active_appointment", text)] if ended else [])

    def _line_needed(self, row: AskedRow, states: Sequence[str], held: Sequence[_Held]) -> Said:
        company = self.companies.get(row.cocode, row.cocode)
        current = sorted(
            {each.loa or each.loa_code for each in held if each.current and each.state in states} - {""}
        )
        has = f" Its current appointments there are for {'; '.join(current[:10])}." if current else ""
        text = (
            f"A line is needed: NPN {row.npn} has no current appointment by {company} in "
            f"{', '.join(states)} that names no line.{has}"
        )
        return Ending.lines_column, "required", text

    def held_already(self, draft: Draft) -> bool:
        """A termination is under way, or the registry shows the appointment as ended."""
        if draft.reason_code == "no_active_appointment":
            held = self.held.get((draft.npn, draft.cocode), ())
            return any(self._is_about(each, draft) for each in held if not each.current)
        return super().held_already(draft)

    def _is_about(self, held: _Held, draft: Draft) -> bool:
        if held.state != draft.state:
            return False
        if draft.loa_code and held.loa_code:
            return draft.loa_code == held.loa_code
        return held.named(draft.loa) or draft.loa in self._categories(held)

    def _categories(self, held: _Held) -> frozenset[str]:
        return self.book.categories(held.state, held.loa_code, held.loa)

    def _request(self, row: AskedRow, state: str, held: Sequence[_Held]) -> Request:
        return {
            "npn": row.npn,
            "state": state,
            "cocode": row.cocode,
            "lines": list(self.words.read(state, row.lines, _named_among(held))),
            "reason": row.reason or None,
            "effective_date": row.effective_date,
            "external_id": row.external_id,
        }

    def _no_such_reason(self, row: AskedRow) -> Said:
        labels = dict.fromkeys(
            fact.label for state in self._reason_states(row) for fact in self.reasons.offered(state)
        )
        taken = f"There are {', '.join(labels)}." if labels else "Leave it blank."
        text = f"“{row.reason}” is none of the reasons for a termination. {taken}"
        return "termination_reason", "unknown_reason", text

    def _reason_states(self, row: AskedRow) -> list[str]:
        return [state for state in row.states if state in self.states] or sorted(self.reasons.lists)

    def _unknown_lines(self, requests: Sequence[Request], held: Sequence[_Held]) -> Iterator[Said]:
        """Words that are neither category nor line in any of the states asked about, each once."""
        known, unknown = set[str](), dict[str, str]()
        is_line = _named_among(held)
        for request in requests:
            for word in request["lines"]:
                if self._is_known(request["state"], word, is_line):
                    known.add(word)
                else:
                    unknown.setdefault(word, request["state"])
        for word, state in unknown.items():
            if word not in known:
                current = sorted({each.loa or each.loa_code for each in held if each.current})
                has = f" Its current appointments are for {'; '.join(current[:10])}." if current else ""
                text = f"“{word}” is neither an LOA category nor a line of authority of {state}.{has}"
                yield Ending.lines_column, "unknown_line", text

    def _is_known(self, state: str, word: str, is_line: Callable[[str, str], bool]) -> bool:
        return word in CATEGORIES.values() or is_line(state, word) or self.words.listed(state, word)


def _named_among(held: Sequence[_Held]) -> Callable[[str, str], bool]:
    def is_line(state: str, text: str) -> bool:
        return any(each.state == state and each.named(text) for each in held)

    return is_line


def _held(npns: set[str], cocodes: set[str], feins: dict[str, str]) -> dict[Place, list[_Held]]:
    """What the registry shows of these producers and companies, by both: one query."""
    found: dict[Place, list[_Held]] = {}
    rows = Appointment.objects.filter(
        known_to=None, removed_at=None, producer__npn__in=npns, cocode__in=[*cocodes, ""]
    )
    columns = ("producer__npn", "cocode", "fein", "pk", "state", "county_code", "loa_code", "loa", "status")
    for npn, cocode, fein, pk, state, county, code, name, status in rows.order_by("pk").values_list(*columns):
        held = _Held(pk, state, county, code, name, status == AppointmentStatus.APPOINTED)
        found.setdefault((npn or "", cocode or feins.get(fein, "")), []).append(held)
    return found


def _ended(row: UploadRow) -> str:
    """What an exported report of appointments says of one that cannot be ended any more; blank for all others."""
    for header, text in row.extra.items():
        if header.strip().casefold() == "status" and text.strip().casefold() in _ENDED:
            return text.strip()
    return ""
