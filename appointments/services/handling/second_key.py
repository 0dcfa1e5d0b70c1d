"""Which transactions wait for a second person. Whoever turned the key agreed to an amount, and to no higher one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from appointments.models import Transaction
from appointments.services.handling import people
from appointments.services.handling.pricing import Price, summed


def lacking(rows: Collection[Transaction], prices: Mapping[int, Price], *, above: bool) -> set[int]:
    """The ids of those that need the second key first. ``above``: together they cost more than the limit."""
    wanting = {row.pk for row in rows if (above or row.for_cause) and not people.has_second_key(row)}
    if above and is_outgrown(rows, prices):
        return wanting | {row.pk for row in rows if people.has_second_key(row)}
    return wanting


def is_outgrown(rows: Collection[Transaction], prices: Mapping[int, Price]) -> bool:
    """Whether those with an approval cost more now than when it was given, taken together."""
    approved = [row for row in rows if people.has_second_key(row)]
    now = summed(prices[row.pk] for row in approved)
    return now.total_cents > sum(row.cost_cents for row in approved)
