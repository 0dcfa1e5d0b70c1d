"""Whether the same license is being asked for already: PASS when it is not, FAIL when a request is open."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.holdings import Holdings
from rulebook.rules.license_request_question import LicenseQuestion, kind_of
from rulebook.rules.wording import place, under_way

RULE = "license_request_open"


def evaluate(question: LicenseQuestion, held: Holdings) -> Decision:
    where = place(held.book, question.state)
    facts: dict[str, object] = {"state": question.state, "license": question.name}
    kind = kind_of(question)
    same = (
        fact
        for fact in held.open_transactions(question.state)
        if fact.kind == kind and fact.loa in ("", question.name)
    )
    found = next(same, None)
    if found is None:
        return Decision(RULE, Outcome.PASS, f"No request for it is under way in {where}.", facts)
    facts |= {"status": found.status, "number": found.number}
    text = f"A request for it is under way in {where}: {under_way(found)}."
    return Decision(RULE, Outcome.FAIL, text, facts, fix=Fix("open_transaction", "Follow it", facts))
