"""Quick Appoint as values: for one producer, what is appointed, possible, blocked or under way, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from appointments.facts import company_facts, full_facts
from appointments.models import GatewayBusinessRule
from core import clock
from producers.models import Producer
from rulebook.decision import Outcome
from rulebook.rules import appointment_held
from rulebook.rules.appointment_eligibility import Reason, Verdict, appoints_here, judge
from rulebook.rules.appointment_lines import WantedLine, pick, supported_lines
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import BusinessRuleFact, CompanyFact, ProducerFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.vocabulary import AgentType
from rulebook.selectors import load_rule_book

Key = tuple[str, str, str]
"""State, CoCode, category."""
Numbers = Mapping[tuple[str, str, str], str]
"""Numbers of transactions by state, CoCode and line."""


class Standing(StrEnum):
    """How a cell stands. Of several lines the one that can be acted on tells."""

    POSSIBLE = "possible"
    APPOINTED = "appointed"
    UNDER_WAY = "under_way"
    RECORDED = "recorded"
    BLOCKED = "blocked"
    NO_LINE = "no_line"


@dataclass(frozen=True, slots=True)
class Judged:
    """One line and what the rules say of it."""

    line: WantedLine
    verdict: Verdict
    standing: Standing
    since: date | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One state, company and category with its lines."""

    key: Key
    standing: Standing
    lines: tuple[Judged, ...] = ()

    @property
    def value(self) -> str:
        """As a checkbox posts it."""
        return ".".join(self.key)

    @property
    def told(self) -> Judged | None:
        """The line that tells how the cell stands."""
        return next((each for each in self.lines if each.standing is self.standing), None)

    @property
    def possible(self) -> int:
        return sum(each.standing is Standing.POSSIBLE for each in self.lines)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the grid shows."""

    states: tuple[str, ...]
    cocodes: tuple[str, ...]
    categories: tuple[str, ...]
    agent_type: str = AgentType.PRODUCER
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that the grid is judged on: nine queries, whatever it shows."""

    fact: ProducerFact
    companies: Mapping[str, CompanyFact]
    rules: Sequence[BusinessRuleFact]
    book: RuleBook


@dataclass(slots=True)
class Grid:
    """The cells by their key, and the columns and rows that have any."""

    asked: Asked
    companies: list[CompanyFact]
    cells: dict[Key, Cell] = field(default_factory=dict)
    registry_states: set[str] = field(default_factory=set)

    @property
    def possible(self) -> int:
        return sum(cell.standing is Standing.POSSIBLE for cell in self.cells.values())

    def of_state(self, state: str) -> Iterator[Cell]:
        """The cells of a row, company by company."""
        for company in self.companies:
            for category in self.asked.categories:
                yield self.cells[state, company.cocode, category]


def sources(producer: Producer) -> Sources:
    """Read what the grid of a producer is judged on."""
    return Sources(
        full_facts([producer.pk])[producer.pk], company_facts(), business_rules(), load_rule_book()
    )


def business_rules() -> list[BusinessRuleFact]:
    """The active gateway business rules."""
    rows = GatewayBusinessRule.objects.filter(active=True).values_list(
        "state", "loa_code", "agent_type", "license_class_codes"
    )
    return [
        BusinessRuleFact(state, code, agent_type, None if classes is None else frozenset(classes))
        for state, code, agent_type, classes in rows
    ]


def build(read: Sources, asked: Asked) -> Grid:
    """Judge every cell."""
    today = clock.today()
    held = Holdings(read.fact, read.book, max(asked.on or today, today))
    companies = [read.companies[code] for code in asked.cocodes if code in read.companies]
    grid = Grid(asked, companies)
    numbers = _numbers(read.fact)
    by_state: dict[str, list[BusinessRuleFact]] = {}
    for rule in read.rules:
        by_state.setdefault(rule.state, []).append(rule)
    for state in asked.states:
        if appoints_here(held, state).outcome is Outcome.INFO:
            grid.registry_states.add(state)
        supported = supported_lines(read.book, by_state.get(state, ()), state, asked.agent_type)
        wanted = pick(supported, asked.categories).lines
        codes = {
            each: [line.loa_code for line in wanted if each in line.categories] for each in asked.categories
        }
        for company in companies:
            judged = _of_company(wanted, state, company, held, asked, numbers)
            for category in asked.categories:
                lines = tuple(judged[code] for code in codes[category])
                key = (state, company.cocode, category)
                grid.cells[key] = Cell(key, _standing(lines), lines)
    return grid


def _of_company(  # noqa: PLR0917 - the inner step of the loops above
    wanted: Sequence[WantedLine],
    state: str,
    company: CompanyFact,
    held: Holdings,
    asked: Asked,
    numbers: Numbers,
) -> dict[str, Judged]:
    """The lines of the categories asked for, by code: a line of two categories is judged once."""
    return {
        line.loa_code: _judged(line, _question(line, state, company, asked), held, company, numbers)
        for line in wanted
    }


def _question(line: WantedLine, state: str, company: CompanyFact, asked: Asked) -> AppointmentQuestion:
    return AppointmentQuestion(
        state,
        company.cocode,
        line.categories,
        asked.agent_type,
        line.loa_code,
        line.loa,
        license_class_codes=line.license_class_codes,
    )


def _judged(
    line: WantedLine,
    question: AppointmentQuestion,
    held: Holdings,
    company: CompanyFact,
    numbers: Numbers,
) -> Judged:
    verdict = judge(question, held, company)
    number = numbers.get((question.state, company.cocode, line.loa_code), "")
    if verdict.eligible or verdict.recorded:
        return Judged(line, verdict, Standing.POSSIBLE)
    if verdict.reason is Reason.DUPLICATE_TRANSACTION:
        return Judged(line, verdict, Standing.UNDER_WAY, number=number)
    if verdict.reason is Reason.ALREADY_APPOINTED:
        fact = appointment_held.find(question, held, company)
        if fact is None:
            return Judged(line, verdict, Standing.RECORDED, number=number)
        return Judged(line, verdict, Standing.APPOINTED, since=fact.status_date)
    return Judged(line, verdict, Standing.BLOCKED)


_FIRST = (Standing.POSSIBLE, Standing.UNDER_WAY, Standing.APPOINTED, Standing.RECORDED, Standing.BLOCKED)


def _standing(lines: Iterable[Judged]) -> Standing:
    held = {each.standing for each in lines}
    return next((each for each in _FIRST if each in held), Standing.NO_LINE)


def _numbers(fact: ProducerFact) -> Numbers:
    """The numbers of what is under way or recorded, by state, CoCode and line."""
    return {(each.state, each.cocode, each.loa_code): each.number for each in fact.open_transactions}
