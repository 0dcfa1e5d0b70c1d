"""Whether the producer has any license in a state, of the agent type asked for."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.holdings import Holdings
from rulebook.rules.wording import place

RULE = "license_found"


def evaluate(held: Holdings, state: str, agent_type: str) -> Decision:
    """With several, the text says that the best of them answers; with only other types, it says which."""
    where = place(held.book, state)
    facts: dict[str, object] = {"state": state, "agent_type": agent_type}
    numbers = [license_.number for license_ in held.licenses(state, agent_type)]
    if numbers:
        facts["license_numbers"] = numbers
        count = "One" if len(numbers) == 1 else str(len(numbers))
        noun = "license" if len(numbers) == 1 else "licenses"
        best = "" if len(numbers) == 1 else "; the one that answers best counts"
        return Decision(RULE, Outcome.PASS, f"{count} {agent_type} {noun} in {where}{best}.", facts)
    text = f"There is no {agent_type} license in {where}."
    others = sorted({found.agent_type for found in held.in_state(state)})
    if others:
        facts["other_agent_types"] = others
        text += f" Licenses there are of agent type {' and '.join(others)}, which this does not ask for."
    fix = Fix("apply", f"Apply for a license in {where}", {"state": state})
    return Decision(RULE, Outcome.FAIL, text, facts, fix=fix)
