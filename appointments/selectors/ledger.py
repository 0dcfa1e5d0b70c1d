"""The fee ledger: estimated, charged and billed later, by company, state and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from appointments.enums import AT_REGISTRY, TransactionStatus
from appointments.models import Transaction


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One company, state and month, in cents. ``difference_cents`` is charged less estimated, where both are known."""

    month: date | None
    """First day; None before it was charged."""
    cocode: str
    company: str
    state: str
    count: int
    estimated_state_cents: int
    estimated_nipr_cents: int
    charged_state_cents: int
    charged_nipr_cents: int
    billed_later: int
    """How many have a state fee that the state bills itself."""
    not_charged_yet: int
    difference_cents: int

    @property
    def estimated_cents(self) -> int:
        return self.estimated_state_cents + self.estimated_nipr_cents

    @property
    def charged_cents(self) -> int:
        return self.charged_state_cents + self.charged_nipr_cents


_MAY_BE_CHARGED = (
    TransactionStatus.QUEUED,
    *AT_REGISTRY,
    TransactionStatus.APPROVED,
    TransactionStatus.DECLINED,
)
_WRITTEN_OFF = Q(status=TransactionStatus.CLOSED, unknown_since__isnull=False)
"""Nobody knows whether it was charged."""


def spending() -> QuerySet[Transaction]:
    """The transactions that cost or will cost: those on their way or with an answer, and those written off."""
    cost = Q(status__in=_MAY_BE_CHARGED) | Q(charged_on__isnull=False) | _WRITTEN_OFF
    return Transaction.objects.filter(cost)


def ledger_rows(transactions: QuerySet[Transaction] | None = None) -> Sequence[LedgerRow]:
    """Rows by month (those not charged yet first, then the newest), company and state: one query."""
    rows = spending() if transactions is None else transactions
    keys = ("month", "cocode", "company__name", "state")
    grouped = (
        rows.order_by()
        .annotate(month=TruncMonth("charged_on"))
        .values(*keys)
        .annotate(**_sums())
        .order_by(F("month").desc(nulls_first=True), "company__name", "cocode", "state")
    )
    return [_row(values) for values in grouped]


def ledger_total(transactions: QuerySet[Transaction] | None = None) -> LedgerRow:
    """The same summed up: one query."""
    rows = spending() if transactions is None else transactions
    return _row(rows.order_by().aggregate(**_sums()))


def _row(values: dict[str, Any]) -> LedgerRow:
    known = {name: value or 0 for name, value in values.items() if name.startswith("sum_")}
    return LedgerRow(
        month=values.get("month"),
        cocode=values.get("cocode", ""),
        company=values.get("company__name") or "",
        state=values.get("state", ""),
        **{name.removeprefix("sum_"): value for name, value in known.items()},
    )


def _sums() -> dict[str, Any]:
    charged, estimated = Q(charged_on__isnull=False), Q(state_fee_cents__isnull=False)
    return {
        "sum_count": Count("pk"),
        "sum_estimated_state_cents": _sum(_cents("state_fee_cents")),
        "sum_estimated_nipr_cents": _sum(_cents("nipr_fee_cents")),
        "sum_charged_state_cents": _sum(_cents("charged_state_fee_cents")),
        "sum_charged_nipr_cents": _sum(_cents("charged_nipr_fee_cents")),
        "sum_billed_later": Count("pk", filter=~estimated),
        "sum_not_charged_yet": Count("pk", filter=~charged),
        "sum_difference_cents": _sum(
            _cents("charged_state_fee_cents")
            + _cents("charged_nipr_fee_cents")
            - _cents("state_fee_cents")
            - _cents("nipr_fee_cents"),
            charged & estimated,
        ),
    }


def _cents(column: str) -> Any:
    return Coalesce(F(column), 0, output_field=BigIntegerField())


def _sum(value: Any, only: Q | None = None) -> Sum:
    return Sum(value, filter=only, output_field=BigIntegerField())
