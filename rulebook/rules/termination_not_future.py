"""The day on which the appointment is to end has come: no state takes a date in the future."""

from __future__ import annotations

from datetime import date

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.wording import day

RULE = "termination_not_future"


def evaluate(effective_date: date | None, today: date) -> Decision:
    facts = {"effective_date": effective_date, "today": today}
    if effective_date is None:
        return Decision(RULE, Outcome.PASS, "No date is given: the state sets it.", facts)
    if effective_date <= today:
        return Decision(RULE, Outcome.PASS, f"{day(effective_date)} is not in the future.", facts)
    text = (
        f"{day(effective_date)} is in the future: a termination takes effect on {day(today)} at the latest."
    )
    fix = Fix("choose_date", "Choose a day that has come, or none", facts)
    return Decision(RULE, Outcome.FAIL, text, facts, fix=fix)
