"""What happened to a transaction, oldest first: what people and the gateway did, and each document that carried it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from appointments.enums import AttemptOutcome, AttemptPurpose, StatusDetail
from appointments.models import SubmissionAttempt, Transaction
from appointments.selectors.transactions import attempts_of, history_of
from core.audit.models import AuditEntry

EVENTS: dict[str, tuple[str, str, str]] = {
    "created": ("Asked for", "add_circle", "info"),
    "submit": ("Submitted", "send", "info"),
    "release": ("Released", "send", "info"),
    "hold": ("Held for first business", "pause_circle", "quiet"),
    "ask_approval": ("Sent to a second person", "key", "warn"),
    "approve": ("Approved by a second person", "key", "good"),
    "close": ("Closed", "inventory_2", "quiet"),
    "take_back": ("Taken back", "undo", "quiet"),
    "give_back": ("Surely not sent; back in the queue", "undo", "warn"),
    "lose": ("No answer", "help", "bad"),
    "fence": ("Stopped: the database was restored", "front_hand", "bad"),
    "accept": ("With the state for review", "account_balance", "info"),
    "hold_back": ("Waits for the state’s renewal season to end", "ac_unit", "warn"),
    "approve_at_state": ("Approved by the state", "verified", "good"),
    "decline_at_state": ("Declined by the state", "block", "bad"),
    "refuse": ("Refused by NIPR", "error", "bad"),
    "send_again": ("Will be sent again", "replay", "warn"),
    "attach": ("Found at NIPR by a person", "link", "info"),
    "not_there": ("Not at NIPR, says a person", "link_off", "warn"),
    "write_off": ("Given up", "inventory_2", "quiet"),
    "mend": ("Made ready again", "build", "info"),
    "needs_person": ("A person has to find out", "person_search", "bad"),
    "asked_about": ("Somebody wanted to know", "contact_support", "quiet"),
    "first_business": ("First business", "event", "info"),
    "tied": ("Compared with the registry’s facts", "link", "info"),
    "document_attached": ("Document attached", "attach_file", "info"),
    "document_read": ("Document read", "visibility", "quiet"),
}
"""The events of the state table: title, icon and colour. Others are told in the words of the audit trail."""

UNTOLD = frozenset({"claim", "created", "documents_complete"})
"""Told already: by the document that carried it, by the first line, by the paper that was attached."""

PURPOSES: dict[str, tuple[str, str]] = {
    AttemptPurpose.SEND: ("Sent to NIPR", "outgoing_mail"),
    AttemptPurpose.ASK: ("NIPR was asked what became of it", "contact_support"),
    AttemptPurpose.RESEND: ("Sent again, the same bytes", "replay"),
}
ENDS: dict[str, tuple[str, str]] = {
    AttemptOutcome.OPEN: ("Under way, or its sender stopped", "warn"),
    AttemptOutcome.ANSWERED: ("Answered", "good"),
    AttemptOutcome.NOT_SENT: ("Surely not sent", "warn"),
    AttemptOutcome.UNKNOWN: ("No answer", "bad"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. ``text`` is a sentence about it, ``reason`` what the person gave."""

    at: datetime
    title: str
    icon: str
    tone: str
    who: str = ""
    text: str = ""
    reason: str = ""


def timeline(transaction: Transaction) -> list[Moment]:
    """Audit entries and attempts together, newest last: two queries."""
    moments = [*_asked(transaction), *_done(history_of(transaction)), *_sent(attempts_of(transaction))]
    return sorted(moments, key=lambda moment: moment.at)


def _asked(transaction: Transaction) -> Iterator[Moment]:
    title, icon, tone = EVENTS["created"]
    yield Moment(
        transaction.created_at, title, icon, tone, transaction.prepared_by_label, transaction.eligibility_text
    )


def _done(entries: Sequence[AuditEntry]) -> Iterator[Moment]:
    for entry in entries:
        event = entry.action.removeprefix("transaction.")
        if event in UNTOLD:
            continue
        title, icon, tone = EVENTS.get(event, (entry.action_words, "edit", "quiet"))
        yield Moment(entry.at, title, icon, tone, entry.actor_label, _detail(entry), entry.reason)


def _detail(entry: AuditEntry) -> str:
    """Where it stood afterwards and why, or what else was changed."""
    _before, after = entry.changes.get("status_detail", ["", ""])
    if after == StatusDetail.COOL_OFF:
        return ""  # true for seconds only; the head of the page says until when
    if after in StatusDetail.values:
        return StatusDetail(after).label
    if "status_detail" in entry.changes:
        return ""
    return "; ".join(f"{name}: {new}" for name, _old, new in entry.changed if new != "–")


def _sent(attempts: Sequence[SubmissionAttempt]) -> Iterator[Moment]:
    for attempt in attempts:
        title, icon = PURPOSES[attempt.purpose]
        end, tone = ENDS[attempt.outcome]
        if attempt.sending_at is None:
            title, end = "Taken up for sending", "Did not leave" if attempt.ended_at else "Not on its way yet"
        took = f" after {_seconds(attempt)}" if attempt.sending_at and attempt.ended_at else ""
        note = f" {attempt.note}" if attempt.note else ""
        yield Moment(
            attempt.sending_at or attempt.claimed_at,
            title,
            icon,
            tone,
            "Gateway",
            f"{end}{took}.{note}",
        )


def _seconds(attempt: SubmissionAttempt) -> str:
    if attempt.sending_at is None or attempt.ended_at is None:
        return ""
    return f"{(attempt.ended_at - attempt.sending_at).total_seconds():.1f} s"
