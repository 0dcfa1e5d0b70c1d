"""The reason is one of those that the state takes. UNKNOWN where its list is not known, for a reason that is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.book import RuleBook
from rulebook.rules.reasons import ReasonBook, ReasonFact
from rulebook.rules.wording import decide, place, set_rule

RULE = "termination_reason_accepted"
FIELD = "termination_reason_codes"


def evaluate(book: RuleBook, state: str, reason_asked: str, reasons: ReasonBook, as_of: date) -> Decision:
    """`reason_asked` is the reason that counts: the one given, or the default."""
    where, listed = place(book, state), reasons.lists.get(state)
    reason, offered = reasons.find(reason_asked), reasons.offered(state)
    facts = {"state": state, "reason": reason.slug if reason else reason_asked, "as_of": as_of}
    if reason in offered and listed is None:
        text = f"Which reasons {where} takes is not known; {reason.label} is sent as it is given."
        return decide(RULE, Outcome.UNKNOWN, text, facts, fix=set_rule(state, FIELD, as_of))
    if reason in offered:
        return decide(RULE, Outcome.PASS, f"{where} takes {reason.label}.", facts, listed)
    if reason is None:
        text = f"{reason_asked} is none of the reasons for a termination. {_choice(where, offered)}"
    else:
        text = f"{where} does not take {reason.label}. {_choice(where, offered)}"
    fix = Fix("choose_reason", "Choose another reason", {"state": state})
    return decide(RULE, Outcome.FAIL, text, facts, listed, fix=fix)


def _choice(where: str, offered: Sequence[ReasonFact]) -> str:
    return f"{where} takes {', '.join(reason.label for reason in offered)}." if offered else ""
