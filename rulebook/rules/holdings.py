"""A producer's facts on a day, sorted once, so that hundreds of questions about one producer stay cheap."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar, cast

from rulebook.rules import license_agent_type
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import (
    AppointmentFact,
    CompanyFact,
    LicenseFact,
    LineFact,
    OpenTransactionFact,
    ProducerFact,
)
from rulebook.rules.license_carries import categories_of
from rulebook.rules.license_in_force import in_force
from rulebook.rules.wording import day

Answer = TypeVar("Answer")


class Holdings:
    """What a producer holds, by place and agent type, and the answers already given about it.

    `shared` keeps answers that hold of every producer, such as what a company appoints: give the same one to many
    producers of one book, one day and one set of companies.
    """

    def __init__(
        self,
        producer: ProducerFact,
        book: RuleBook,
        as_of: date,
        shared: dict[Hashable, object] | None = None,
    ) -> None:
        self.producer = producer
        self.book = book
        self.as_of = as_of
        self._answers: dict[Hashable, object] = {}
        self._shared: dict[Hashable, object] = {} if shared is None else shared
        self._categories: dict[tuple[int, int], frozenset[str]] = {}
        self._licenses: dict[tuple[str, str], list[LicenseFact]] = {}
        self._appointments: dict[str, list[AppointmentFact]] = {}
        self._by_company: dict[tuple[str, str, str], list[AppointmentFact]] = {}
        self._open: dict[tuple[str, str], list[OpenTransactionFact]] = {}
        self._resident: LicenseFact | None = None
        for held in producer.licenses:
            lines = tuple(_on_that_day(line, as_of) for line in held.lines)
            self._file_license(replace(held, agent_type=license_agent_type.of(held, book), lines=lines))
        for appointment in producer.appointments:
            self._appointments.setdefault(appointment.state, []).append(appointment)
        for transaction in producer.open_transactions:
            self._open.setdefault((transaction.state, transaction.cocode), []).append(transaction)
        for group in self._licenses.values():
            group.sort(key=lasts_longest)

    def _file_license(self, held: LicenseFact) -> None:
        self._licenses.setdefault((held.state, held.agent_type), []).append(held)
        if self._resident is None and held.resident and in_force(held, self.as_of):
            self._resident = held

    def licenses(self, state: str, agent_type: str) -> Sequence[LicenseFact]:
        """Licenses of the agent type in the state, in force or not; the one that expires last is first."""
        return self._licenses.get((state, agent_type), ())

    def in_state(self, state: str) -> Iterable[LicenseFact]:
        """Licenses in the state, of whatever agent type."""
        return (held for held in self.all_licenses() if held.state == state)

    def all_licenses(self) -> Iterable[LicenseFact]:
        """Every license, by state and agent type, each with its agent type read."""
        return (held for place in sorted(self._licenses) for held in self._licenses[place])

    def in_force(self, state: str, agent_type: str) -> Iterable[LicenseFact]:
        return (held for held in self.licenses(state, agent_type) if in_force(held, self.as_of))

    @property
    def resident_license(self) -> LicenseFact | None:
        """A resident license that is active and not expired, in whichever state."""
        return self._resident

    def categories(self, held: LicenseFact, line: LineFact) -> frozenset[str]:
        """Categories of a line on a license, looked up once."""
        key = (id(held), id(line))
        found = self._categories.get(key)
        if found is None:
            found = self._categories[key] = categories_of(held, line, self.book)
        return found

    def appointments(self, state: str, company: CompanyFact) -> Sequence[AppointmentFact]:
        """Current appointments with a company in a state, those that have begun first.

        Without a CoCode on the fact its FEIN tells.
        """
        if state not in self._appointments:
            return ()
        key = (state, company.cocode, company.fein)
        found = self._by_company.get(key)
        if found is None:
            found = self._by_company[key] = [
                fact for fact in self._appointments[state] if fact.current and _is_by(company, fact)
            ]
            found.sort(key=lambda fact: begins_later(fact.status_date, self.as_of))
        return found

    def open_transactions(self, state: str, cocode: str = "") -> Sequence[OpenTransactionFact]:
        return self._open.get((state, cocode), ())

    def once(self, key: Hashable, answer: Callable[[], Answer]) -> Answer:
        """The answer under a key, worked out the first time: cells that share a reason share the very value."""
        if key not in self._answers:
            self._answers[key] = answer()
        return cast("Answer", self._answers[key])

    def once_for_all(self, key: Hashable, answer: Callable[[], Answer]) -> Answer:
        """As `once`, for an answer in which the producer plays no part."""
        if key not in self._shared:
            self._shared[key] = answer()
        return cast("Answer", self._shared[key])


def begins_later(begins: date | None, as_of: date) -> bool:
    """A fact without the day on which it begins is taken to have begun."""
    return begins is not None and begins > as_of


def _on_that_day(line: LineFact, as_of: date) -> LineFact:
    """A line that is added to its license later is not active yet."""
    if line.active and line.issue_date is not None and line.issue_date > as_of:
        return replace(line, active=False, status_reason=f"issued on {day(line.issue_date)}")
    return line


def _is_by(company: CompanyFact, fact: AppointmentFact) -> bool:
    if fact.cocode:
        return fact.cocode == company.cocode
    return bool(fact.fein) and fact.fein == company.fein


def lasts_longest(held: LicenseFact) -> tuple[bool, int]:
    """Sorts the license that expires last to the front; one that never expires lasts longest."""
    expires = held.expiration_date
    return expires is not None, -expires.toordinal() if expires else 0
