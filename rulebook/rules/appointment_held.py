"""Whether the producer already has the appointment: PASS when it does, FAIL when it does not."""

from __future__ import annotations

from datetime import date
from typing import Any

from rulebook.decision import Decision, Outcome
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.facts import AppointmentFact, CompanyFact
from rulebook.rules.holdings import Holdings, begins_later
from rulebook.rules.wording import day, place

RULE = "appointment_held"


def find(question: AppointmentQuestion, held: Holdings, company: CompanyFact) -> AppointmentFact | None:
    """The current appointment that answers the question; one that names its line goes before one that does not."""
    rows = [
        fact
        for fact in held.appointments(question.state, company)
        if not question.names_a_line or fact.county == question.county
    ]
    return next((fact for fact in rows if _is_asked(fact, question, held)), None) or next(
        (fact for fact in rows if not fact.loa_code and not fact.loa), None
    )


def _is_asked(fact: AppointmentFact, question: AppointmentQuestion, held: Holdings) -> bool:
    if question.names_a_line:
        return question.is_line(fact.loa_code, fact.loa)
    return not question.categories.isdisjoint(held.book.categories(fact.state, fact.loa_code, fact.loa))


def evaluate(question: AppointmentQuestion, held: Holdings, company: CompanyFact) -> Decision:
    where = place(held.book, question.state)
    facts: dict[str, Any] = {"company": company.name, "cocode": company.cocode, "state": question.state}
    found = find(question, held, company)
    if found:
        facts |= {
            "loa_code": found.loa_code,
            "loa": found.loa,
            "status_date": found.status_date,
            "renewal_date": found.renewal_date,
        }
        return Decision(RULE, Outcome.PASS, _sentence(found, company, where, held.as_of), facts)
    unread = [
        fact.loa or fact.loa_code
        for fact in held.appointments(question.state, company)
        if (fact.loa or fact.loa_code) and not held.book.categories(fact.state, fact.loa_code, fact.loa)
    ]
    if unread:
        text = f"Appointed by {company.name} in {where} for {', '.join(unread)}, whose category is not known."
        return Decision(RULE, Outcome.UNKNOWN, text, facts | {"category_not_known": unread})
    text = f"The registry shows no current appointment by {company.name} in {where}"
    text += f" for {question.what}." if held.appointments(question.state, company) else "."
    return Decision(RULE, Outcome.FAIL, text, facts)


def _sentence(found: AppointmentFact, company: CompanyFact, where: str, as_of: date) -> str:
    verb = "from" if begins_later(found.status_date, as_of) else "since"
    since = f" {verb} {day(found.status_date)}" if found.status_date else ""
    if found.loa or found.loa_code:
        return f"Appointed by {company.name} in {where} for {found.loa or found.loa_code}{since}."
    return f"Appointed by {company.name} in {where}{since}. The registry names no line: it covers all."
