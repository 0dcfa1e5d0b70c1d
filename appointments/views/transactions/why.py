"""Why a transaction was judged as it was: its stored decisions as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from appointments.models import Transaction
from appointments.views.decisions import DrawnDecision, Look, drawn
from appointments.views.fixes import fix_link
from core.accounts.models import User
from rulebook.decision import Outcome
from rulebook.rules.appointment_eligibility import Reason

NO_HARM = Look("No", "remove", "quiet")
"""A no beside “in good standing” answered a question and stood in nobody's way."""


def reasons(transaction: Transaction, user: User) -> list[DrawnDecision]:
    """The decisions in the order in which they were made, with the buttons that this person may press."""
    return [_drawn(decision, transaction, user) for decision in transaction.decisions]


def _drawn(decision: Mapping[str, Any], transaction: Transaction, user: User) -> DrawnDecision:
    link = fix_link(
        decision.get("fix"),
        transaction.producer_id,
        user,
        agent_type=transaction.agent_type,
        company=transaction.company_id,
        transaction=transaction.pk,
    )
    good = transaction.eligibility_reason == Reason.IN_GOOD_STANDING
    harmless = good and decision.get("outcome") == Outcome.FAIL
    return drawn(decision, link, NO_HARM if harmless else None)
