"""Asked again before it leaves: facts may have changed since a transaction was prepared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from appointments.enums import LICENSING, TransactionKind
from appointments.facts import company_facts, full_facts
from appointments.models import GatewayBusinessRule, Transaction
from appointments.models.business_rules import DefaultTerminationReason
from appointments.services.licensing import eligibility as licensing
from core import clock
from core.errors import Conflict
from producers.enums import Tracking
from producers.models import Producer
from rulebook.decision import Fix
from rulebook.rules.appointment_eligibility import judge
from rulebook.rules.appointment_lines import WantedLine, supported_lines
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import BusinessRuleFact, CompanyFact, ProducerFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.reasons import ReasonBook
from rulebook.rules.termination_eligibility import judge_termination
from rulebook.rules.termination_question import TerminationQuestion
from rulebook.selectors import load_reason_book, load_rule_book

Lines = Mapping[tuple[str, str], Mapping[str, WantedLine]]
"""Lines that the organisation does business in, by state and agent type, then by code."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that the questions of a selection are about, read at once."""

    book: RuleBook
    facts: Mapping[int, ProducerFact]
    today: date
    companies: Mapping[str, CompanyFact]
    lines: Lines
    reasons: ReasonBook
    untracked: Collection[int]
    _held: dict[tuple[int, date], Holdings] = field(default_factory=dict, init=False)

    def held(self, row: Transaction, as_of: date) -> Holdings:
        """The producer's holdings on a day, sorted once."""
        key = row.producer_id, as_of
        if key not in self._held:
            self._held[key] = Holdings(self.facts[row.producer_id], self.book, as_of)
        return self._held[key]


def judged_on(effective_date: date | None, today: date) -> date:
    """The day that counts for an appointment: when it takes effect, and never before today, on which it is filed."""
    return max(effective_date or today, today)


def no_longer_eligible(rows: Sequence[Transaction]) -> dict[int, Conflict]:
    """Why some of them must not leave any more, by id; a constant number of queries, however many rows."""
    if not rows:
        return {}
    known = _read(rows)
    licenses = licensing.no_longer_eligible([row for row in rows if row.kind in LICENSING])
    objections = ((row, _objection(row, known)) for row in rows)
    return licenses | {row.pk: objection for row, objection in objections if objection}


def _objection(row: Transaction, known: Known) -> Conflict | None:
    if row.producer_id in known.untracked:
        fix = "Switch NIPR tracking on again, or close it."
        return _refusal(row, "npn_not_active", "NIPR tracking of the producer is inactive", fix)
    match row.kind:
        case TransactionKind.APPOINTMENT:
            return _of_an_appointment(row, known)
        case TransactionKind.TERMINATION:
            return _of_a_termination(row, known)
    return None


def _of_an_appointment(row: Transaction, known: Known) -> Conflict | None:
    line = known.lines.get((row.state, row.agent_type), {}).get(row.loa_code)
    if line is None:
        text = f"the organisation does no business in {row.loa or row.loa_code} in {row.state} any more"
        return _refusal(row, "no_active_line", text, "Switch the line on in the business rules, or close it.")
    question = AppointmentQuestion(
        row.state,
        row.cocode,
        line.categories | {row.loa_category},
        row.agent_type,
        row.loa_code,
        row.loa,
        row.county_code,
        license_class_codes=line.license_class_codes,
    )
    company = known.companies.get(row.cocode)
    verdict = judge(question, known.held(row, judged_on(row.effective_date, known.today)), company)
    if verdict.recorded:
        text = f"{row.state} takes no filing for it any more"
        return _refusal(row, "recorded", text, "Close it and ask again: it is then recorded here.")
    if not verdict.eligible:
        return _refusal(row, verdict.reason.value, verdict.text, _words(verdict.fix))
    return None


def _of_a_termination(row: Transaction, known: Known) -> Conflict | None:
    company = known.companies.get(row.cocode)
    question = TerminationQuestion(
        row.state,
        row.cocode,
        row.loa_code,
        row.loa,
        row.county_code,
        row.reason,
        row.effective_date,
        company.fein if company else "",
    )
    name = company.name if company else row.cocode
    held = known.held(row, known.today)
    verdict = judge_termination(question, held, name, known.reasons, known.today)
    if verdict.eligible:
        return None
    return _refusal(row, str(verdict.reason), verdict.text, _words(verdict.fix))


def _refusal(row: Transaction, code: str, text: str, fix: str) -> Conflict:
    return Conflict(f"{row.number} is not eligible any more: {text.rstrip('.')}.", fix, code=code)


def _words(fix: Fix | None) -> str:
    return f"{fix.text.rstrip('.')}, or close it." if fix else "Close it."


# Reading, with a number of queries that does not grow


def _read(rows: Sequence[Transaction]) -> Known:
    producer_ids = {row.producer_id for row in rows}
    book, today = load_rule_book(), clock.today()
    own = {row.number for row in rows}
    return Known(
        book=book,
        facts={pk: _without(fact, own) for pk, fact in full_facts(producer_ids).items()},
        today=today,
        companies=company_facts({row.cocode for row in rows}),
        lines=_lines(book, {row.state for row in rows}),
        reasons=load_reason_book(
            today, dict(DefaultTerminationReason.objects.values_list("state", "reason"))
        ),
        untracked=set(
            Producer.objects.filter(pk__in=producer_ids)
            .exclude(tracking=Tracking.ACTIVE)
            .values_list("pk", flat=True)
        ),
    )


def _without(fact: ProducerFact, numbers: Collection[str]) -> ProducerFact:
    """A transaction does not stand in its own way."""
    others = tuple(each for each in fact.open_transactions if each.number not in numbers)
    return replace(fact, open_transactions=others)


def _lines(book: RuleBook, states: Collection[str]) -> Lines:
    rules: defaultdict[tuple[str, str], list[BusinessRuleFact]] = defaultdict(list)
    rows = GatewayBusinessRule.objects.filter(state__in=states, active=True).order_by("pk")
    for row in rows:
        codes = frozenset(row.license_class_codes) if row.license_class_codes is not None else None
        fact = BusinessRuleFact(row.state, row.loa_code, row.agent_type, codes)
        rules[row.state, row.agent_type].append(fact)
    return {
        key: {line.loa_code: line for line in supported_lines(book, facts, *key)}
        for key, facts in rules.items()
    }
