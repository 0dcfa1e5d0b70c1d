"""Request sets as they come in: read into values, or refused with a path for each fault."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from core.errors import FieldError, InvalidInput
from producers.enums import AgentType
from producers.identity import Malformed, clean_npn, plain

MOST = 10_000
AT_ONCE = 100
"""How many are done while the caller waits."""

APPOINTMENT_FIELDS = (
    "npn",
    "state",
    "cocode",
    "loa_categories",
    "agent_type",
    "effective_date",
    "external_id",
)
TERMINATION_FIELDS = (
    "npn",
    "state",
    "cocode",
    "lines",
    "reason",
    "effective_date",
    "external_id",
    "appointment_id",
    "county_code",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What requests of both kinds have. ``index`` is the row's place in its set."""

    index: int
    npn: str
    state: str
    cocode: str
    effective_date: date | None
    external_id: str

    def as_json(self) -> dict[str, Any]:
        """As kept with the request set; read back by ``kept_appointments`` and ``kept_terminations``."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "index"}
        values["effective_date"] = self.effective_date.isoformat() if self.effective_date else None
        return values


@dataclass(frozen=True, slots=True)
class AppointmentAsked(Asked):
    """One request for appointments. ``loa_categories`` are categories, or lines by code or name."""

    loa_categories: tuple[str, ...]
    agent_type: str


@dataclass(frozen=True, slots=True)
class TerminationAsked(Asked):
    """One request for terminations: lines by code, name or category, or exactly one row of the registry."""

    lines: tuple[str, ...]
    reason: str
    appointment_id: int | None
    county_code: str | None
    """None: all counties."""


@dataclass(slots=True)
class Faults:
    """What is wrong so far."""

    found: list[FieldError] = field(default_factory=list)

    def add(self, path: str, message: str, code: str = "invalid") -> None:
        self.found.append({"path": path, "code": code, "message": message})

    def refuse(self) -> None:
        """Raise InvalidInput when anything is wrong."""
        if self.found:
            raise InvalidInput(self.found)


def read_appointments(
    requests: Sequence[Mapping[str, Any]], states: Collection[str], faults: Faults
) -> list[AppointmentAsked]:
    """Requests as values; what is wrong with their shape is added to ``faults``."""
    _check_size(requests)
    rows = [_Row(index, row, APPOINTMENT_FIELDS, faults) for index, row in enumerate(requests)]
    return [
        AppointmentAsked(
            *row.common(states),
            loa_categories=row.texts("loa_categories"),
            agent_type=row.choice("agent_type", AgentType.values, AgentType.PRODUCER.value),
        )
        for row in rows
    ]


def read_terminations(
    requests: Sequence[Mapping[str, Any]], states: Collection[str], faults: Faults
) -> list[TerminationAsked]:
    """Requests as values; what is wrong with their shape is added to ``faults``."""
    _check_size(requests)
    rows = [_Row(index, row, TERMINATION_FIELDS, faults) for index, row in enumerate(requests)]
    return [
        TerminationAsked(
            *row.common(states),
            lines=row.texts("lines", required=row.values.get("appointment_id") is None),
            reason=row.text("reason", most=100),
            appointment_id=row.number("appointment_id"),
            county_code=None if row.values.get("county_code") is None else row.text("county_code", most=5),
        )
        for row in rows
    ]


def kept_appointments(rows: Sequence[Mapping[str, Any]], indexes: Sequence[int]) -> list[AppointmentAsked]:
    """Some rows of a kept request set."""
    return [
        AppointmentAsked(**{**rows[index], **_kept(rows[index], "loa_categories")}, index=index)
        for index in indexes
    ]


def kept_terminations(rows: Sequence[Mapping[str, Any]], indexes: Sequence[int]) -> list[TerminationAsked]:
    """Some rows of a kept request set."""
    return [
        TerminationAsked(**{**rows[index], **_kept(rows[index], "lines")}, index=index) for index in indexes
    ]


def _kept(row: Mapping[str, Any], listed: str) -> dict[str, Any]:
    given = row["effective_date"]
    return {"effective_date": date.fromisoformat(given) if given else None, listed: tuple(row[listed])}


def _check_size(requests: Sequence[Mapping[str, Any]]) -> None:
    if not 1 <= len(requests) <= MOST:
        message = f"A request set has 1 to {MOST:,} requests; this one has {len(requests):,}."
        raise InvalidInput([{"path": "requests", "code": "invalid", "message": message}])


class _Row:
    """One request while it is read. A fault gives a blank value, so that all faults are found at once."""

    def __init__(self, index: int, given: Any, known: Sequence[str], faults: Faults) -> None:
        self.index, self.faults = index, faults
        self.values: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        if not isinstance(given, Mapping):
            faults.add(f"requests.{index}", "A request is an object with named fields.")
        for name in self.values:
            if name not in known:
                message = f"There is no field “{str(name)[:50]}”; there are {', '.join(known)}."
                self.fault(str(name)[:50], message, "unknown_field")

    def fault(self, name: str, message: str, code: str = "invalid") -> None:
        self.faults.add(f"requests.{self.index}.{name}", message, code)

    def common(self, states: Collection[str]) -> tuple[int, str, str, str, date | None, str]:
        by_row = self.values.get("appointment_id") is not None
        return (
            self.index,
            self.npn(),
            self.state(states),
            self.cocode(required=not by_row),
            self.date("effective_date"),
            self.text("external_id", most=100),
        )

    def text(self, name: str, *, required: bool = False, most: int = 100) -> str:
        value = self.values.get(name)
        if value is None or (isinstance(value, str) and not plain(value)):
            if required:
                self.fault(name, f"Give the {_WORDS.get(name, name)}.", "required")
            return ""
        if not isinstance(value, str):
            self.fault(name, "This is to be text, in quotation marks.")
            return ""
        if len(value) > most:
            self.fault(name, f"At most {most} characters belong here.")
            return ""
        return plain(value)

    def npn(self) -> str:
        try:
            return clean_npn(self.text("npn", required=True))
        except Malformed as problem:
            self.fault("npn", str(problem))
            return ""

    def state(self, states: Collection[str]) -> str:
        code = self.text("state", required=True).upper()
        if code and code not in states:
            self.fault("state", f"There is no state “{code}”; give its two letters, such as CA.")
        return code

    def cocode(self, *, required: bool) -> str:
        code = self.text("cocode", required=required)
        if code and not (len(code) == 5 and code.isascii() and code.isdigit()):
            self.fault("cocode", f"“{code}” is not a CoCode: it has five digits.")
        return code

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        value = self.text(name) or default
        if value not in choices:
            self.fault(name, f"“{value}” is none of {', '.join(choices)}.")
        return value

    def date(self, name: str) -> date | None:
        value = self.values.get(name)
        if type(value) is date:
            return value
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.fault(name, f"“{text}” is not a date; write it as 2026-11-23.")
            return None

    def number(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is None or (type(value) is int and value > 0):
            return value
        self.fault(name, "This is to be the number of an appointment.")
        return None

    def texts(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        value = self.values.get(name)
        if value is None or value in ([], ()):
            if required:
                self.fault(name, f"Give at least one of the {_WORDS.get(name, name)}.", "required")
            return ()
        if isinstance(value, str) or not isinstance(value, Sequence):
            self.fault(name, "This is to be a list.")
            return ()
        return tuple(self._each(name, value))

    def _each(self, name: str, values: Sequence[Any]) -> Iterator[str]:
        for number, each in enumerate(values):
            if isinstance(each, str) and plain(each) and len(each) <= 200:
                yield plain(each)
            else:
                self.fault(f"{name}.{number}", "This is to be a category, or the code or name of a line.")


_WORDS = {
    "npn": "NPN",
    "cocode": "CoCode of the company",
    "loa_categories": "categories or lines",
    "lines": "lines or categories",
}

Known = Callable[[AppointmentAsked, str], bool]


def check_lines(asked: Sequence[AppointmentAsked], known: Known, faults: Faults) -> None:
    """Each category or line has to be known in its state; ``known`` is asked once for equal questions."""
    answers: dict[tuple[str, str, str], bool] = {}
    for row in asked:
        for number, value in enumerate(row.loa_categories):
            key = (row.state, row.agent_type, value)
            if key not in answers:
                answers[key] = known(row, value)
            if not answers[key]:
                message = f"“{value}” is no LOA category, and no line of authority of {row.state}."
                faults.add(f"requests.{row.index}.loa_categories.{number}", message)
