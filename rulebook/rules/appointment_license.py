"""A license in force in the state, of the agent type asked for, carries the line as active."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.facts import LicenseFact, LineFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.wording import place

RULE = "appointment_license"


Carrier = tuple[LicenseFact, LineFact]


def asked_of_licenses(question: AppointmentQuestion) -> tuple[Hashable, ...]:
    """All of a question that its license depends on: questions that share it share the answer."""
    return (
        question.state,
        question.agent_type,
        question.categories,
        question.loa_code,
        question.loa,
        question.license_class_codes,
    )


def carrier(question: AppointmentQuestion, held: Holdings) -> Carrier | None:
    """The license and its line; where several carry it, the one that expires last."""
    return held.once(("carrier", *asked_of_licenses(question)), lambda: _find(question, held))


def _find(question: AppointmentQuestion, held: Holdings) -> Carrier | None:
    for license_ in held.in_force(question.state, question.agent_type):
        line = _line(question, held, license_) if question.takes_class(license_.class_code) else None
        if line:
            return license_, line
    return None


def _line(question: AppointmentQuestion, held: Holdings, license_: LicenseFact) -> LineFact | None:
    return next(
        (
            line
            for line in license_.lines
            if line.active and question.asks_for(line, held.categories(license_, line))
        ),
        None,
    )


def evaluate(question: AppointmentQuestion, held: Holdings) -> Decision:
    state, agent_type = question.state, question.agent_type
    where = place(held.book, state)
    facts = {"state": state, "agent_type": agent_type, "asked": question.what}
    found = carrier(question, held)
    if found:
        license_, line = found
        facts |= {"license_number": license_.number, "loa_code": line.code, "loa": line.name}
        text = f"License {license_.number} in {where} carries {line.name or line.code} as active."
        return Decision(RULE, Outcome.PASS, text, facts)
    return _missing(question, held, facts)


def _missing(question: AppointmentQuestion, held: Holdings, facts: dict[str, str]) -> Decision:
    state, agent_type = question.state, question.agent_type
    where = place(held.book, state)
    if not held.licenses(state, agent_type):
        text = f"There is no {agent_type} license in {where}."
        return Decision(
            RULE,
            Outcome.FAIL,
            text,
            facts,
            fix=Fix("apply", f"Apply for a license in {where}", {"state": state}),
        )
    text = f"No {agent_type} license in force in {where} carries {question.what} as active."
    fix = Fix("add_line", "Add the line", {"state": state, "category": min(question.categories, default="")})
    other = carrier(replace(question, license_class_codes=None), held)
    if other:
        license_, _ = other
        facts |= {"license_number": license_.number, "license_class_code": license_.class_code}
        classes = ", ".join(sorted(question.license_class_codes or ()))
        text = (
            f"License {license_.number} in {where} carries {question.what}, and is of class "
            f"{license_.class_code or 'unknown'}: the business rules name {classes or 'no class'} alone."
        )
        fix = Fix("edit_business_rules", "Open the business rules", {"state": state})
    return Decision(RULE, Outcome.FAIL, text, facts, fix=fix)
