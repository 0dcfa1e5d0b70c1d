"""Of the producer's licenses in the state, of the agent type asked for, one is active and not expired."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.holdings import Holdings
from rulebook.rules.license_in_force import expired, issued
from rulebook.rules.wording import day, place

RULE = "appointment_license_active"


def evaluate(question: AppointmentQuestion, held: Holdings) -> Decision:
    """PASS also where there is no license at all: that is for `appointment_license` to say."""
    state, agent_type = question.state, question.agent_type
    where = place(held.book, state)
    facts = {"state": state, "agent_type": agent_type, "as_of": held.as_of}
    licenses = held.licenses(state, agent_type)
    if not licenses:
        return Decision(RULE, Outcome.PASS, f"No {agent_type} license in {where} is inactive.", facts)
    in_force = next(iter(held.in_force(state, agent_type)), None)
    latest = in_force or licenses[0]
    facts |= {"license_number": latest.number, "expiration_date": latest.expiration_date}
    if in_force:
        text = f"License {latest.number} in {where} is active and not expired."
        return Decision(RULE, Outcome.PASS, text, facts)
    if expired(latest, held.as_of) and latest.expiration_date:
        why = f"License {latest.number} expired on {day(latest.expiration_date)}"
    elif latest.active and latest.issue_date and not issued(latest, held.as_of):
        why = f"License {latest.number} is issued on {day(latest.issue_date)}"
    else:
        why = f"License {latest.number} is not active"
    fix = Fix("renew_or_apply", "Renew, reinstate or apply again", {"state": state})
    return Decision(RULE, Outcome.FAIL, f"{why}, and no other in {where} is in force.", facts, fix=fix)
