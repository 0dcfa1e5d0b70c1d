"""Facts for the tests of eligibility: everything in order, and each reason one word away from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from rulebook.rules.appointment_eligibility import Verdict, judge
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import (
    AppointmentFact,
    AssignmentFact,
    CompanyFact,
    CompanyStateFact,
    LicenseFact,
    LineFact,
    OpenTransactionFact,
    ProducerFact,
)
from rulebook.rules.holdings import Holdings

TODAY = date(2026, 11, 21)
LIFE, HEALTH = LineFact("16", "Life"), LineFact("935", "Health")
BOOK = RuleBook.of(
    {
        ("CA", "appoints_individuals"): "yes",
        ("CA", "appoints_firms"): "yes",
        ("CA", "jit_allowed"): "yes",
        ("FL", "appoints_individuals"): "yes",
        ("FL", "appoints_firms"): "no",
        ("CO", "appoints_individuals"): "registry",
        ("CO", "appoints_firms"): "registry",
        ("CO", "jit_allowed"): "yes",
    },
    lines={("US", "16"): ["life"], ("US", "935"): ["health"]},
    classes={("US", "Insurance Producer"): "producer"},
    jurisdictions={"CA": "California", "FL": "Florida", "CO": "Colorado", "PR": "Puerto Rico"},
)
HERON = CompanyFact(
    name="Heron Life",
    cocode="77001",
    fein="000000771",
    loa_categories=frozenset({"life", "health"}),
    states={state: CompanyStateFact() for state in ("CA", "FL", "CO", "PR")},
)
COVERS = AssignmentFact(("CA", "FL"), ("life",), ("77001",))
ASKED = AppointmentQuestion("CA", "77001", frozenset({"life"}), loa_code="16", loa="Life")
APPOINTED = AppointmentFact("CA", cocode="77001", loa_code="16", loa="Life", status_date=date(2024, 2, 1))
OPEN = OpenTransactionFact(
    "appointment", "CA", "77001", "16", "life", status="ready_to_submit", number="GT-00000012", loa="Life"
)
RECORDED = replace(OPEN, status="recorded", number="GT-00000007")


def license_(state: str = "CA", **changes: Any) -> LicenseFact:
    fact = LicenseFact(
        state,
        f"{state}-1",
        class_code="3",
        class_name="Insurance Producer",
        expiration_date=TODAY + timedelta(days=300),
        lines=(LIFE, HEALTH),
    )
    return replace(fact, **changes)


PRODUCER = ProducerFact("99000017", licenses=(license_(),), assignments=(COVERS,))


def judged(
    facts: ProducerFact = PRODUCER,
    company: CompanyFact | None = HERON,
    asked: AppointmentQuestion = ASKED,
    *,
    book: RuleBook = BOOK,
    as_of: date = TODAY,
) -> Verdict:
    return judge(asked, Holdings(facts, book, as_of), company)
