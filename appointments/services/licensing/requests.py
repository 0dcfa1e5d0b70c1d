"""Requests for licenses as they come in: read into values, or refused with a path for each fault."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from appointments.enums import TransactionKind
from appointments.services.asking.requests import MOST, Asked, Faults
from core.errors import InvalidInput
from producers.enums import AgentType
from producers.identity import Malformed, clean_npn, plain

APPLICATION_FIELDS = ("npn", "state", "loa_categories", "agent_type", "external_id")
RENEWAL_FIELDS = ("npn", "state", "license_number", "license_class_code", "external_id")


@dataclass(frozen=True, slots=True)
class ApplicationAsked(Asked):
    """A request for a license, or lines on one: ``loa_categories`` are categories, or lines by code or name."""

    loa_categories: tuple[str, ...]
    agent_type: str


@dataclass(frozen=True, slots=True)
class RenewalAsked(Asked):
    """A request to renew the license of that number; the class tells apart two of one number."""

    license_number: str
    license_class_code: str


def read_requests(
    kind: TransactionKind, requests: Sequence[Mapping[str, Any]], states: Collection[str]
) -> list[Asked]:
    """Requests as values; InvalidInput with everything that is wrong with any of them."""
    if not 1 <= len(requests) <= MOST:
        message = f"A request set has 1 to {MOST:,} requests; this one has {len(requests):,}."
        raise InvalidInput([{"path": "requests", "code": "invalid", "message": message}])
    faults = Faults()
    rows = [_Row(index, dict(row), faults) for index, row in enumerate(requests)]
    applies = kind == TransactionKind.LICENSE_APPLICATION
    asked: list[Asked] = [row.application(states) if applies else row.renewal(states) for row in rows]
    faults.refuse()
    return asked


def kept_applications(rows: Sequence[Mapping[str, Any]], indexes: Sequence[int]) -> list[ApplicationAsked]:
    """Some rows of a kept request set."""
    return [
        ApplicationAsked(
            **{**rows[index], "loa_categories": tuple(rows[index]["loa_categories"])}, index=index
        )
        for index in indexes
    ]


def kept_renewals(rows: Sequence[Mapping[str, Any]], indexes: Sequence[int]) -> list[RenewalAsked]:
    """Some rows of a kept request set."""
    return [RenewalAsked(**rows[index], index=index) for index in indexes]


class _Row:
    """One request while it is read. A fault gives a blank value, so that all faults are found at once."""

    def __init__(self, index: int, values: dict[str, Any], faults: Faults) -> None:
        self.index, self.values, self.faults = index, values, faults

    def application(self, states: Collection[str]) -> ApplicationAsked:
        self._refuse_strange(APPLICATION_FIELDS)
        return ApplicationAsked(
            *self._common(states), loa_categories=self._categories(), agent_type=self._agent_type()
        )

    def renewal(self, states: Collection[str]) -> RenewalAsked:
        self._refuse_strange(RENEWAL_FIELDS)
        number = self._text("license_number", 50)
        if not number:
            self._fault("license_number", "Give the number of the license to renew.", "required")
        return RenewalAsked(
            *self._common(states),
            license_number=number,
            license_class_code=self._text("license_class_code", 20),
        )

    def _fault(self, name: str, message: str, code: str = "invalid") -> None:
        self.faults.add(f"requests.{self.index}.{name}", message, code)

    def _refuse_strange(self, known: Sequence[str]) -> None:
        for name in self.values:
            if name not in known:
                message = f"There is no field “{str(name)[:50]}”; there are {', '.join(known)}."
                self._fault(str(name)[:50], message, "unknown_field")

    def _common(self, states: Collection[str]) -> tuple[int, str, str, str, None, str]:
        return self.index, self._npn(), self._state(states), "", None, self._text("external_id", 100)

    def _text(self, name: str, most: int) -> str:
        value = self.values.get(name) or ""
        if not isinstance(value, str) or len(value) > most:
            self._fault(name, f"This is to be text of at most {most} characters.")
            return ""
        return plain(value)

    def _npn(self) -> str:
        try:
            return clean_npn(self._text("npn", 100))
        except Malformed as problem:
            self._fault("npn", str(problem))
            return ""

    def _state(self, states: Collection[str]) -> str:
        code = self._text("state", 100).upper()
        if code not in states:
            self._fault("state", f"There is no state “{code}”; give its two letters, such as CA.")
        return code

    def _agent_type(self) -> str:
        value = self._text("agent_type", 100) or AgentType.PRODUCER.value
        if value not in AgentType.values:
            self._fault("agent_type", f"“{value}” is none of {', '.join(AgentType.values)}.")
        return value

    def _categories(self) -> tuple[str, ...]:
        given = self.values.get("loa_categories") or ()
        if not given or not isinstance(given, list | tuple) or not all(map(_is_word, given)):
            self._fault("loa_categories", "Give at least one category or line, in a list.", "required")
            return ()
        return tuple(plain(each) for each in given)


def _is_word(given: Any) -> bool:
    return isinstance(given, str) and bool(plain(given)) and len(given) <= 200
