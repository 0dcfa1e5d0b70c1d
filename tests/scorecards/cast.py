"""The cast of the scoring tests: a small rule book, and facts that are one word away from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from rulebook.rules.book import RuleBook, RuleValue
from rulebook.rules.facts import (
    AppointmentFact,
    AssignmentFact,
    CompanyFact,
    CompanyStateFact,
    LicenseFact,
    LineFact,
    ProducerFact,
)
from scorecards.scoring import Cell, ScoreResult, score

TODAY = date(2026, 11, 21)
LIFE, HEALTH, PROPERTY = LineFact("16", "Life"), LineFact("935", "Health"), LineFact("12", "Property")

RULES: dict[tuple[str, str], Any] = {
    ("CA", "renewal_window_days"): RuleValue("90", date(2020, 1, 1), source="Ins. Code 1718"),
    ("CA", "late_renewal_days"): "30",
    ("CA", "reinstatement_days"): "365",
    ("CA", "appoints_individuals"): "yes",
    ("CA", "appoints_firms"): "yes",
    ("TX", "renewal_window_days"): "60",
    ("TX", "appoints_individuals"): "yes",
    ("TX", "appoints_firms"): "no",
    ("CO", "appoints_individuals"): "registry",
    ("CO", "appoints_firms"): "registry",
}
BOOK = RuleBook.of(
    RULES,
    lines={("US", "16"): ["life"], ("US", "935"): ["health"], ("US", "12"): ["property"]},
    classes={("US", "Insurance Producer"): "producer", ("US", "Adjuster"): "adjuster"},
    jurisdictions={"CA": "California", "TX": "Texas", "CO": "Colorado", "PR": "Puerto Rico"},
)


def with_rules(**changes: Any) -> RuleBook:
    """The book with rules of California changed; None takes one away."""
    rules = {key: value for key, value in RULES.items() if key[0] != "CA" or key[1] not in changes}
    rules |= {("CA", field): value for field, value in changes.items() if value is not None}
    lines = {(line.state, line.code): line.categories for line in BOOK.lines.values()}
    classes = {("US", "Insurance Producer"): "producer", ("US", "Adjuster"): "adjuster"}
    return RuleBook.of(rules, lines=lines, classes=classes, jurisdictions=BOOK.jurisdictions)


def license_(state: str = "CA", **changes: Any) -> LicenseFact:
    """An active resident producer license with a life line, for three more years."""
    fact = LicenseFact(
        state=state,
        number=f"{state}-1",
        class_name="Insurance Producer",
        expiration_date=TODAY + timedelta(days=1000),
        lines=(LIFE,),
    )
    return replace(fact, **changes)


def expiring(days: int, state: str = "CA", **changes: Any) -> LicenseFact:
    return license_(state, expiration_date=TODAY + timedelta(days=days), **changes)


def producer(*licenses: LicenseFact, **changes: Any) -> ProducerFact:
    return replace(ProducerFact(npn="99000017", licenses=licenses), **changes)


def assignment(**changes: Any) -> AssignmentFact:
    return replace(AssignmentFact(states=("CA",), loa_categories=("life",)), **changes)


def appointing(**changes: Any) -> AssignmentFact:
    """An assignment that asks for an appointment by Heron too."""
    asked = AssignmentFact(("CA",), ("life",), ("77001",), scorecard_type="license_and_appointment")
    return replace(asked, **changes)


HERON = CompanyFact(
    name="Heron Life",
    cocode="77001",
    fein="000000771",
    loa_categories=frozenset({"life", "health"}),
    states={state: CompanyStateFact() for state in ("CA", "TX", "CO", "PR")},
)
APPOINTED = AppointmentFact("CA", cocode="77001", loa_code="16", loa="Life", status_date=date(2024, 2, 1))


def score_of(
    asked: AssignmentFact | None = None,
    facts: ProducerFact | None = None,
    *,
    book: RuleBook = BOOK,
    as_of: date = TODAY,
    companies: tuple[CompanyFact, ...] = (HERON,),
) -> ScoreResult:
    known = {company.cocode: company for company in companies}
    return score(asked or assignment(), facts or producer(), book, as_of, known)


def license_cell(*licenses: LicenseFact, **kwargs: Any) -> Cell:
    """The one license cell of California, life."""
    return score_of(facts=producer(*licenses), **kwargs).cells[0]


def appointment_cell(facts: ProducerFact, asked: AssignmentFact | None = None, **kwargs: Any) -> Cell:
    """The one appointment cell of the assignment."""
    return score_of(asked or appointing(), facts, **kwargs).cells[-1]
