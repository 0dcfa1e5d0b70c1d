"""How things look on the pages of this room: understood by their words, by an icon and by a colour, each alone."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString

from appointments.enums import BulkStatus, TransactionStatus
from appointments.models import BulkRequest, Transaction
from producers.templatetags.records import badge

S = TransactionStatus

STATUSES: dict[str, tuple[str, str]] = {
    S.NOT_ELIGIBLE: ("quiet", "block"),
    S.READY_TO_SUBMIT: ("info", "outbox"),
    S.HELD: ("info", "pause_circle"),
    S.AWAITING_APPROVAL: ("warn", "key"),
    S.RECORDED: ("good", "task_alt"),
    S.QUEUED: ("info", "schedule"),
    S.SUBMITTING: ("info", "outgoing_mail"),
    S.UNKNOWN: ("bad", "help"),
    S.SUBMITTED: ("info", "account_balance"),
    S.AWAITING_VALIDATION: ("warn", "ac_unit"),
    S.APPROVED: ("good", "verified"),
    S.DECLINED: ("bad", "block"),
    S.FAILED: ("bad", "error"),
    S.CLOSED: ("quiet", "inventory_2"),
}
SETS: dict[str, tuple[str, str]] = {
    BulkStatus.QUEUED: ("quiet", "schedule"),
    BulkStatus.RUNNING: ("info", "sync"),
    BulkStatus.PLANNED: ("warn", "rule"),
    BulkStatus.DONE: ("good", "check_circle"),
    BulkStatus.CHANGED: ("bad", "change_circle"),
    BulkStatus.FAILED: ("bad", "error"),
}


def status_badge(transaction: Transaction) -> SafeString:
    return status_look(transaction.status)


def status_look(status: str) -> SafeString:
    return badge(STATUSES[status], TransactionStatus(status).label)


def set_badge(bulk: BulkRequest) -> SafeString:
    return badge(SETS[bulk.status], bulk.get_status_display())


def plain(value: Any) -> str:
    """A value of a form as text: lists with commas, yes and no."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(plain(each) for each in value)
        case dict():
            return ", ".join(f"{name.replace('_', ' ')}: {plain(each)}" for name, each in value.items())
    return str(value)
