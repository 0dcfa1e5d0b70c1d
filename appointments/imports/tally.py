"""What the transactions of an upload have come to, in a sentence."""

from __future__ import annotations

from collections import Counter
from typing import Final

from django.db.models import Count

from appointments.enums import TransactionStatus
from appointments.models import Transaction
from core.imports.models import ImportRun
from core.words import counted

_SUBMITTED: Final = "submitted"
_WORDS: Final = {
    _SUBMITTED: ("submitted", "submitted"),
    TransactionStatus.AWAITING_APPROVAL: (
        "waits for a second person’s approval",
        "wait for a second person’s approval",
    ),
    TransactionStatus.READY_TO_SUBMIT: ("is ready to submit", "are ready to submit"),
    TransactionStatus.HELD: ("is held for first business", "are held for first business"),
    TransactionStatus.RECORDED: ("is recorded here alone", "are recorded here alone"),
    TransactionStatus.CLOSED: ("is closed", "are closed"),
}
"""Of one and of several, in the order in which they are told. What is none of these has been submitted."""


def sentence_of_all(run: ImportRun) -> str:
    """How many transactions its rows came to and how these stand, by one query; blank where there are none."""
    made = Transaction.objects.filter(bulk_request__upload=run).exclude(status=TransactionStatus.NOT_ELIGIBLE)
    found = Counter[str]()
    for status, count in made.order_by().values_list("status").annotate(Count("pk")):
        found[status if status in _WORDS else _SUBMITTED] += count
    total = found.total()
    if not total:
        return ""
    told = [f"{found[each]:,} {words[found[each] != 1]}" for each, words in _WORDS.items() if found[each]]
    return f"{counted(total, 'transaction')} made: {', '.join(told)}."
