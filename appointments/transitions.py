"""How a transaction moves (domain.md). What people do asks for a right; what the gateway says asks for none."""

from __future__ import annotations

from appointments import access
from appointments.enums import StatusDetail, TransactionStatus
from appointments.models import Transaction
from core.state_table import Move, StateTable

S = TransactionStatus

FINAL = (S.APPROVED, S.DECLINED, S.CLOSED, S.RECORDED, S.NOT_ELIGIBLE)


def _wants_documents(transaction: Transaction) -> str:
    if transaction.status_detail == StatusDetail.DOCUMENTS_REQUIRED:
        return "The documents that go with it are not attached yet. Attach them on its page."
    return ""


def _still_here(transaction: Transaction) -> str:
    """An attempt before this one may have left with it; then it is not to be taken back as if nothing had been."""
    return "It has been sent before; it cannot be taken back." if transaction.first_sent_at else ""


_ANSWERS = (
    ("accept", S.SUBMITTED),
    ("hold_back", S.AWAITING_VALIDATION),
    ("approve_at_state", S.APPROVED),
    ("decline_at_state", S.DECLINED),
    ("refuse", S.FAILED),
)
"""What a reply of the gateway may say, as an event, and where it leads."""


def _answers(source: TransactionStatus, *events: str) -> list[Move[Transaction]]:
    return [Move(source, event, target) for event, target in _ANSWERS if event in events]


TRANSACTIONS = StateTable[Transaction](
    [
        # Before it leaves
        Move(S.NOT_ELIGIBLE, "close", S.CLOSED, access.PREPARE, label="Close"),
        Move(S.READY_TO_SUBMIT, "submit", S.QUEUED, access.SUBMIT, label="Submit"),
        Move(S.READY_TO_SUBMIT, "hold", S.HELD, access.PREPARE, label="Hold for first business"),
        Move(S.READY_TO_SUBMIT, "ask_approval", S.AWAITING_APPROVAL, access.SUBMIT),
        Move(S.READY_TO_SUBMIT, "close", S.CLOSED, access.PREPARE, label="Close"),
        Move(S.HELD, "release", S.QUEUED, access.SUBMIT, label="Release"),
        Move(S.HELD, "ask_approval", S.AWAITING_APPROVAL, access.SUBMIT),
        Move(S.HELD, "close", S.CLOSED, access.PREPARE, label="Close"),
        Move(
            S.AWAITING_APPROVAL,
            "approve",
            S.READY_TO_SUBMIT,
            access.APPROVE,
            _wants_documents,
            label="Approve",
        ),
        Move(S.AWAITING_APPROVAL, "close", S.CLOSED, access.PREPARE, label="Close"),
        Move(S.RECORDED, "close", S.CLOSED, access.PREPARE, label="Close"),
        # On its way
        Move(S.QUEUED, "take_back", S.READY_TO_SUBMIT, access.SUBMIT, _still_here, label="Take back"),
        Move(S.QUEUED, "claim", S.SUBMITTING),
        Move(S.QUEUED, "fence", S.UNKNOWN),
        Move(S.SUBMITTING, "give_back", S.QUEUED),
        Move(S.SUBMITTING, "lose", S.UNKNOWN),
        Move(S.SUBMITTING, "fence", S.UNKNOWN),
        *_answers(S.SUBMITTING, "accept", "hold_back", "approve_at_state", "decline_at_state", "refuse"),
        # Nobody knows what became of it
        *_answers(S.UNKNOWN, "accept", "hold_back", "approve_at_state", "decline_at_state", "refuse"),
        Move(S.UNKNOWN, "send_again", S.QUEUED),
        Move(S.UNKNOWN, "attach", S.SUBMITTED, access.APPROVE, label="It is there: attach its number"),
        Move(S.UNKNOWN, "not_there", S.READY_TO_SUBMIT, access.APPROVE, label="It is not there: send again"),
        Move(S.UNKNOWN, "write_off", S.CLOSED, access.APPROVE, label="Give it up"),
        # With the state
        *_answers(S.SUBMITTED, "hold_back", "approve_at_state", "decline_at_state"),
        *_answers(S.AWAITING_VALIDATION, "accept", "approve_at_state", "decline_at_state"),
        # At its end
        Move(S.DECLINED, "close", S.CLOSED, access.PREPARE, label="Close"),
        Move(S.FAILED, "mend", S.READY_TO_SUBMIT, access.PREPARE, label="Make ready again"),
        Move(S.FAILED, "close", S.CLOSED, access.PREPARE, label="Close"),
    ]
)
