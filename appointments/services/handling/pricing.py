"""What transactions cost at today's rates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from appointments.enums import TransactionKind, TransactionStatus
from appointments.models import Transaction
from appointments.services.handling.results import Cost
from core import clock
from producers.enums import Residency
from rulebook.rules.book import RuleBook
from rulebook.rules.fees import RegistryRates, StateFee, appointment_fee, termination_fee
from rulebook.selectors import load_rule_book, registry_rates

_BEARS_THE_FEE = (
    TransactionStatus.QUEUED,
    TransactionStatus.SUBMITTING,
    TransactionStatus.UNKNOWN,
    TransactionStatus.SUBMITTED,
    TransactionStatus.AWAITING_VALIDATION,
    TransactionStatus.APPROVED,
)
"""Of a batch whose state takes its fee once: one of these has it already."""

BatchKey = tuple[int, str]
"""A batch and a kind: what one fee is taken for where it is not counted by line."""


@dataclass(frozen=True, slots=True)
class Price:
    """In cents; None is not known: the state bills it later."""

    state_cents: int | None
    nipr_cents: int | None


def prices_now(rows: Sequence[Transaction]) -> dict[int, Price]:
    """Today's price of each, by id: three queries. A fee that is taken once a batch stands with its first one."""
    if not rows:
        return {}
    today = clock.today()
    book, rates = load_rule_book(), registry_rates(today)
    borne = _borne_already(rows)
    found: dict[int, Price] = {}
    for row in sorted(rows, key=lambda row: row.pk):
        fee = _state_fee(book, row)
        cents = row.state_fee_cents if fee is None else _once(fee, (row.batch_id, row.kind), borne)
        found[row.pk] = Price(cents, _registry_fee(rates, row))
    return found


def summed(prices: Iterable[Price]) -> Cost:
    """The cost of them all."""
    told = list(prices)
    return Cost(
        state_cents=sum(price.state_cents or 0 for price in told),
        nipr_cents=sum(price.nipr_cents or 0 for price in told),
        billed_later=sum(price.state_cents is None for price in told),
        count=len(told),
    )


def _state_fee(book: RuleBook, row: Transaction) -> StateFee | None:
    """Of a license transaction the fee was found when it was asked for, with its forms: None."""
    who = row.state, row.residency, row.entity_type, clock.today()
    match row.kind:
        case TransactionKind.APPOINTMENT:
            return appointment_fee(book, *who)
        case TransactionKind.TERMINATION:
            return termination_fee(book, *who)
    return None


def _once(fee: StateFee, key: BatchKey, borne: set[BatchKey]) -> int | None:
    """The fee, or nothing where another transaction of the batch has it."""
    if fee.cents is None or fee.per_line:
        return fee.cents
    if key in borne:
        return 0
    borne.add(key)
    return fee.cents


def _borne_already(rows: Collection[Transaction]) -> set[BatchKey]:
    left = Transaction.objects.filter(
        batch__in={row.batch_id for row in rows}, status__in=_BEARS_THE_FEE
    ).exclude(pk__in=[row.pk for row in rows])
    return set(left.order_by().values_list("batch_id", "kind").distinct())


def _registry_fee(rates: RegistryRates, row: Transaction) -> int | None:
    resident = row.residency == Residency.RESIDENT
    match row.kind:
        case TransactionKind.APPOINTMENT:
            return rates.appointment_cents
        case TransactionKind.TERMINATION:
            return rates.termination_cents
        case TransactionKind.LICENSE_APPLICATION:
            return rates.application_resident_cents if resident else rates.application_non_resident_cents
    return rates.renewal_resident_cents if resident else rates.renewal_non_resident_cents
