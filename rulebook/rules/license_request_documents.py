"""Whether papers go along with a license request: they do when a background question is answered with yes."""

from __future__ import annotations

from rulebook.decision import Decision, Outcome
from rulebook.rules.license_request_question import ApplicantFact

RULE = "license_request_documents"


def evaluate(who: ApplicantFact) -> Decision:
    """INFO when papers have to be attached, and a second person looks at them; PASS when none are needed.

    Which question it was is not told: that takes a right of its own.
    """
    if who.any_yes:
        text = "A background question is answered with yes: attach the papers, then a second person approves."
        return Decision(RULE, Outcome.INFO, text, {"documents_required": True})
    text = "Every background question is answered with no: no papers go along."
    return Decision(RULE, Outcome.PASS, text, {"documents_required": False})
