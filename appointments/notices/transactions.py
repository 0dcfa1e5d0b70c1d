"""Transactions that stand still until a person does something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from django.db.models import Q

from appointments import access
from appointments.enums import StatusDetail, TransactionStatus
from appointments.models import Transaction
from appointments.notices.wording import listed, named, of_whom, what
from core.accounts.models import User
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words
from core.words import counted
from producers.notices.wording import sentences

S = TransactionStatus
NEEDS_PERSON = "transaction.needs_person"
AWAITING_APPROVAL = "transaction.awaiting_approval"
DECLINED = "transaction.declined"
FAILED = "transaction.failed"

_CODES = {
    S.UNKNOWN: NEEDS_PERSON,
    S.AWAITING_APPROVAL: AWAITING_APPROVAL,
    S.DECLINED: DECLINED,
    S.FAILED: FAILED,
}
_OF_THE_OWNER = (DECLINED, FAILED)
"""The others want a second person, who is whoever holds the right."""


def look(_today: date) -> Iterator[Matter]:
    """Each until it is moved on; what is closed is nobody's matter any more."""
    unknown = Q(status=S.UNKNOWN, status_detail=StatusDetail.NEEDS_PERSON)
    others = Q(status__in=(S.AWAITING_APPROVAL, S.DECLINED, S.FAILED))
    for row in named(Transaction.objects.filter(unknown | others), "rejection_response", "nipr_message"):
        code = _CODES[S(row.status)]
        yield Matter(
            code=code,
            subject=f"transaction:{row.pk}",
            label=row.producer.display_name,
            url=row.get_absolute_url(),
            owner_id=row.producer.owner_id if code in _OF_THE_OWNER else None,
            facts={"what": what(row), "why": _why(row)},
        )


def _why(row: Transaction) -> str:
    """What the registry said, where it said something."""
    if row.status in (S.DECLINED, S.FAILED):
        told = row.rejection_response or row.nipr_message
        return f"NIPR says: “{told[:200]}”." if told else ""
    return row.detail_text


def _words(title: str, status: S, then: str) -> Callable[[Sequence[Matter], User | None], Words]:
    def words(matters: Sequence[Matter], _owner: User | None) -> Words:
        only = matters[0]
        if len(matters) > 1:
            head = f"{counted(len(matters), 'transaction')} {title}"
            return Words(head, sentences(f"Of {of_whom(matters)}.", then), listed(status))
        head = f"{only.label}: {only.facts['what']} {title}"
        return Words(head, sentences(only.facts["why"], then), only.url)

    return words


TRANSACTIONS = Watch(
    "appointments.transactions",
    look,
    (
        Topic(
            NEEDS_PERSON,
            access.APPROVE,
            _words("with an unknown outcome", S.UNKNOWN, "Ask NIPR, then say on its page what you found."),
            Severity.URGENT,
            by_mail=True,
        ),
        Topic(
            AWAITING_APPROVAL,
            access.APPROVE,
            _words("waiting for approval", S.AWAITING_APPROVAL, "Approve, or close."),
            by_mail=True,
        ),
        Topic(
            DECLINED,
            access.PREPARE,
            _words("declined by the state", S.DECLINED, "Read why, mend the cause, ask again; then close."),
        ),
        Topic(
            FAILED,
            access.PREPARE,
            _words("refused by NIPR", S.FAILED, "Mend what it finds fault with, then make it ready again."),
        ),
    ),
)
