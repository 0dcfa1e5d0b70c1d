"""Whether a request for a license, or for its renewal, is under way: PASS when one is, FAIL when none is."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.facts import OpenTransactionFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.wording import place

RULE = "license_open_transaction"
KINDS = frozenset({"license_application", "license_renewal"})


def find(held: Holdings, state: str, category: str) -> OpenTransactionFact | None:
    """A request that names no category is for the whole license."""
    return next(
        (
            fact
            for fact in held.open_transactions(state)
            if fact.kind in KINDS and fact.category in ("", category)
        ),
        None,
    )


def evaluate(held: Holdings, state: str, category: str) -> Decision:
    found = find(held, state, category)
    where = place(held.book, state)
    if found is None:
        text = f"No license request is under way in {where}."
        return Decision(RULE, Outcome.FAIL, text, {"state": state})
    facts = {"state": state, "kind": found.kind, "status": found.status}
    text = f"A {found.kind.replace('_', ' ')} is under way in {where}: {found.status.replace('_', ' ') or 'open'}."
    return Decision(RULE, Outcome.PASS, text, facts, fix=Fix("open_transaction", "Follow it", facts))
