"""Whether the reason is for cause, so that a second person approves it: INFO when it is, PASS when it is not."""

from __future__ import annotations

from rulebook.decision import Decision, Outcome
from rulebook.rules.reasons import ReasonFact

RULE = "termination_for_cause"


def needs_a_second_person(reason: ReasonFact | None) -> bool:
    """Only what is known not to be for cause goes without one."""
    return reason is not None and reason.for_cause != "no"


def evaluate(reason: ReasonFact | None) -> Decision:
    if reason is None:
        return Decision(RULE, Outcome.PASS, "Without a reason it is not for cause.", {"reason": ""})
    facts = {"reason": reason.slug, "for_cause": reason.for_cause}
    if not needs_a_second_person(reason):
        return Decision(RULE, Outcome.PASS, f"{reason.label} is not for cause.", facts)
    is_it = "is for cause" if reason.for_cause == "yes" else "may be for cause"
    text = f"{reason.label} {is_it}: a second person approves it."
    return Decision(RULE, Outcome.INFO, text, facts)
