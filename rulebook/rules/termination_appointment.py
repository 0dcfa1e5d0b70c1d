"""There is a current appointment to end: of the company in the state, for this line and county."""

from __future__ import annotations

from typing import Any

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.facts import AppointmentFact, CompanyFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.termination_question import TerminationQuestion
from rulebook.rules.wording import day, place

RULE = "termination_appointment"


def find(question: TerminationQuestion, held: Holdings) -> AppointmentFact | None:
    """The appointment itself; of several that differ in branch alone the one that began first."""
    company = CompanyFact(question.cocode, question.cocode, fein=question.fein)
    rows = held.appointments(question.state, company)
    return next((fact for fact in rows if question.is_about(fact)), None)


def evaluate(question: TerminationQuestion, held: Holdings, company_name: str) -> Decision:
    where = place(held.book, question.state)
    facts: dict[str, Any] = {"state": question.state, "cocode": question.cocode, "company": company_name}
    facts |= {"loa_code": question.loa_code, "loa": question.loa, "county": question.county}
    found = find(question, held)
    if found is not None:
        facts |= {"status_date": found.status_date, "branch": found.branch}
        since = f" since {day(found.status_date)}" if found.status_date else ""
        text = f"Appointed by {company_name} in {where} for {question.what}{since}."
        return Decision(RULE, Outcome.PASS, text, facts)
    recorded = _recorded(question, held)
    if recorded:
        text = f"{company_name} keeps it here alone as {recorded}, and the registry has none: close that instead."
        fix = Fix("open_transaction", "Open it", {"number": recorded})
        return Decision(RULE, Outcome.FAIL, text, facts | {"number": recorded}, fix=fix)
    text = f"The registry shows no current appointment by {company_name} in {where} for {question.what}."
    return Decision(
        RULE, Outcome.FAIL, text, facts, fix=Fix("sync", "Ask NIPR again", {"npn": held.producer.npn})
    )


def _recorded(question: TerminationQuestion, held: Holdings) -> str:
    """The number of the appointment that is recorded here without being filed."""
    rows = held.open_transactions(question.state, question.cocode)
    return next((fact.number for fact in rows if fact.recorded and question.is_about(fact)), "")
