"""Only a producer whose NIPR tracking is active may be terminated at carriers."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome

RULE = "termination_tracking"


def evaluate(npn: str, *, tracked: bool) -> Decision:
    facts = {"npn": npn}
    if tracked:
        return Decision(RULE, Outcome.PASS, f"NIPR tracking of NPN {npn} is active.", facts)
    text = f"NIPR tracking of NPN {npn} is inactive: what the registry holds of it is not known."
    return Decision(
        RULE, Outcome.FAIL, text, facts, fix=Fix("activate_tracking", "Switch tracking on", facts)
    )
