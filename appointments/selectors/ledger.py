"""The fee ledger: estimated, charged and billed later, by company, state and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

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


def spending() -> QuerySet[Transaction]:
    """The transactions that cost or will cost: those that left, by the month in which they were charged."""
    raise NotImplementedError


def ledger_rows(transactions: QuerySet[Transaction] | None = None) -> Sequence[LedgerRow]:
    """Rows by month, company and state: one query."""
    raise NotImplementedError


def ledger_total(transactions: QuerySet[Transaction] | None = None) -> LedgerRow:
    """The same summed up: one query."""
    raise NotImplementedError
