"""A reason is given, or the organisation has a default for the state, unless the state is known to take none."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.book import RuleBook
from rulebook.rules.reasons import ReasonBook
from rulebook.rules.wording import decide, place

RULE = "termination_reason_given"


def evaluate(book: RuleBook, state: str, given: str, reasons: ReasonBook) -> Decision:
    """Where the state's reasons are not known a reason is asked for: none is only right where it is known to be."""
    where, listed = place(book, state), reasons.lists.get(state)
    facts = {"state": state, "reason": given}
    if reasons.takes_none(state):
        text = f"{where} takes no reason; none is sent."
        return decide(RULE, Outcome.PASS, text, facts, listed)
    if given.strip():
        return Decision(RULE, Outcome.PASS, f"The reason given is “{reasons.words(given)}”.", facts)
    default = reasons.defaults.get(state, "")
    if default:
        text = f"No reason is given; the default for {where} is taken: “{reasons.words(default)}”."
        return Decision(RULE, Outcome.PASS, text, facts | {"default": default})
    text = f"No reason is given, and there is no default for {where}."
    fix = Fix("choose_reason", "Choose a reason", {"state": state})
    return decide(RULE, Outcome.FAIL, text, facts, listed, fix=fix)
