"""Words that the notices about transactions share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from appointments.enums import TransactionStatus
from appointments.models import Transaction
from core.notices.watches import Matter
from producers.notices.wording import PRODUCER_NAMES

_NAMED = ("kind", "state", "cocode", "loa", "loa_code", "status", "status_detail", "company__name")
NAMES_TOLD = 5


def named(rows: QuerySet[Transaction], *more: str) -> Iterable[Transaction]:
    """The rows with what a notice names of them, and nothing heavy or personal: one query."""
    columns = (*_NAMED, *PRODUCER_NAMES, *more)
    return rows.select_related("producer", "company").only(*columns).order_by("pk").iterator(2_000)


def what(row: Transaction) -> str:
    """What was asked for: “appointment with Heron Life in OR for Life”."""
    company = f" with {row.company.name}" if row.company else ""
    line = f" for {row.loa or row.loa_code}" if row.loa or row.loa_code else ""
    return f"{row.get_kind_display().lower()}{company} in {row.state}{line}"


def listed(status: TransactionStatus) -> str:
    """The list of transactions that stand so."""
    return f"{reverse('appointments:transactions')}?{urlencode({'status': status.value})}"


def of_whom(matters: Sequence[Matter]) -> str:
    """“Ines Abernathy, Tom Baker and 3 others”."""
    names = sorted({matter.label for matter in matters})
    shown, rest = names[:NAMES_TOLD], len(names) - NAMES_TOLD
    if rest > 0:
        return f"{', '.join(shown)} and {rest:,} {'other' if rest == 1 else 'others'}"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
