"""Our fees against the registry's book or invoice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from appointments.models import Transaction
from appointments.selectors.ledger import spending

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FeeDifference:
    """One charge that the two sides do not tell alike. None: that side does not know it at all."""

    key: str
    number: str
    ours_cents: int | None
    theirs_cents: int | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What agreed and what did not, both ways."""

    agreed: int = 0
    agreed_cents: int = 0
    differences: list[FeeDifference] = field(default_factory=list)


def compare_with_book(
    entries: Mapping[str, int], *, since: date | None = None, until: date | None = None
) -> Comparison:
    """Compare with a book of ``{"<batch>/<trans>" or NIPR's number of the transaction: cents}``.

    A book of a period names its days, so that only what we know as charged in it has to be there.
    """
    ours = _named(entries)
    agreed, differences, seen = 0, [], set()
    agreed_cents = 0
    for key, theirs in entries.items():
        row = ours.get(key)
        difference = _difference(key, row, theirs)
        if row is not None:
            seen.add(row.pk)
        if difference is None:
            agreed, agreed_cents = agreed + 1, agreed_cents + theirs
        else:
            differences.append(difference)
    differences += _only_ours(_charged(since, until), seen)
    return Comparison(agreed, agreed_cents, differences)


def key_of(row: Transaction) -> str:
    """How the registry's book names a transaction."""
    return f"{row.batch.gateway_key}/{row.gateway_key}"


def charged_cents(row: Transaction) -> int | None:
    """What we know that it was charged; None before it was."""
    if row.charged_on is None:
        return None
    return (row.charged_state_fee_cents or 0) + (row.charged_nipr_fee_cents or 0)


def _difference(key: str, row: Transaction | None, theirs: int) -> FeeDifference | None:
    if row is None:
        return FeeDifference(key, "", None, theirs, "It is not known here.") if theirs else None
    ours = charged_cents(row)
    if ours == theirs or (ours is None and not theirs):
        return None
    said = "It is not charged here yet." if ours is None else "The amounts differ."
    return FeeDifference(key, row.number, ours, theirs, said)


def _only_ours(rows: Iterable[Transaction], seen: set[int]) -> Iterator[FeeDifference]:
    for row in rows:
        cents = charged_cents(row)
        if row.pk not in seen and cents:
            yield FeeDifference(key_of(row), row.number, cents, None, "It is not in their book.")


def _charged(since: date | None, until: date | None) -> QuerySet[Transaction]:
    rows = spending().filter(charged_on__isnull=False).select_related("batch").only(*_COLUMNS).order_by("pk")
    if since is not None:
        rows = rows.filter(charged_on__gte=since)
    return rows.filter(charged_on__lte=until) if until is not None else rows


_COLUMNS = (
    "batch__gateway_key",
    "gateway_key",
    "nipr_trans",
    "charged_on",
    "charged_state_fee_cents",
    "charged_nipr_fee_cents",
)


def _named(entries: Mapping[str, int]) -> dict[str, Transaction]:
    """Our transactions by the keys under which the book has them: one query for each :data:`AT_ONCE` entries."""
    keys = list(entries)
    found: dict[str, Transaction] = {}
    for start in range(0, len(keys), AT_ONCE):
        for row in _rows_named(keys[start : start + AT_ONCE]):
            found[key_of(row)] = row
            if row.nipr_trans:
                found[row.nipr_trans] = row
    return found


def _rows_named(keys: Sequence[str]) -> QuerySet[Transaction]:
    ours = [key.rpartition("/")[2] for key in keys if "/" in key]
    theirs = [key for key in keys if "/" not in key]
    named = Q(gateway_key__in=ours) | Q(nipr_trans__in=theirs)
    return Transaction.objects.filter(named).select_related("batch").only(*_COLUMNS)
