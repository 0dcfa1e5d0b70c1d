"""Which fact of the registry an approved transaction became, and whether it says what we were told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from appointments.enums import AppointmentStatus, RegistryShows, TransactionKind
from appointments.models import Appointment, Transaction
from producers.notices.wording import day
from rulebook.rules.book import normalised


@dataclass(frozen=True, slots=True)
class Found:
    """What the registry shows of a transaction. ``told`` is a sentence where it is not what we were told."""

    shows: RegistryShows
    fact: Appointment | None
    told: str = ""
    fields: Mapping[str, list[Any]] = field(default_factory=dict)
    """Field -> [as we were told, as the registry shows it]."""


class Facts:
    """Current facts by producer and state, and the labels of termination reasons by slug."""

    def __init__(self, rows: Iterable[Appointment], labels: Mapping[str, str]) -> None:
        self.labels = labels
        self._by_place: defaultdict[tuple[int, str], list[Appointment]] = defaultdict(list)
        for row in rows:
            self._by_place[row.producer_id, row.state].append(row)

    def of(self, row: Transaction) -> Sequence[Appointment]:
        """Those of the same producer, state, company, line and county.

        Some states name no line: there a line that was appointed shows as an appointment without one.
        """
        found = self._by_place.get((row.producer_id, row.state), ())
        near = [fact for fact in found if _same_company(row, fact) and _same_county(row, fact)]
        same = [fact for fact in near if _same_line(row, fact)]
        if same or row.kind == TransactionKind.TERMINATION:
            return same
        return [fact for fact in near if not fact.loa_code and not fact.loa]


def find(row: Transaction, facts: Facts) -> Found | None:
    """The fact, and what differs; None while the registry does not show what was approved."""
    same = facts.of(row)
    current = [fact for fact in same if fact.status == AppointmentStatus.APPOINTED]
    if row.kind == TransactionKind.APPOINTMENT:
        return _compared(row, _latest(current), facts) if current else None
    if current:
        return None
    ended = _latest([fact for fact in same if fact.status == AppointmentStatus.TERMINATED])
    # A registry that drops an ended appointment shows its end by that.
    return _compared(row, ended, facts) if ended else Found(RegistryShows.SHOWN, None)


def _compared(row: Transaction, fact: Appointment | None, facts: Facts) -> Found:
    differing = list(_differences(row, fact, facts)) if fact else []
    if not differing:
        return Found(RegistryShows.SHOWN, fact)
    told = "; ".join(f"{name.replace('_', ' ')} {_words(ours)}" for name, ours, _theirs in differing)
    shown = "; ".join(_words(theirs) for _name, _ours, theirs in differing)
    fields = {name: [_plain(ours), _plain(theirs)] for name, ours, theirs in differing}
    return Found(RegistryShows.DIFFERS, fact, f"NIPR told: {told}. The registry shows: {shown}.", fields)


def _differences(row: Transaction, fact: Appointment, facts: Facts) -> Iterator[tuple[str, Any, Any]]:
    """What both sides say, and not alike. What one side does not say is no difference."""
    if row.effective_date and fact.status_date and row.effective_date != fact.status_date:
        yield "effective_date", row.effective_date, fact.status_date
    if row.kind == TransactionKind.TERMINATION and row.reason and fact.termination_reason:
        label = facts.labels.get(row.reason, row.reason)
        if normalised(fact.termination_reason) not in {normalised(label), normalised(row.reason)}:
            yield "termination_reason", label, fact.termination_reason


def _latest(facts: Sequence[Appointment]) -> Appointment | None:
    return max(facts, key=lambda fact: (fact.status_date or date.min, fact.pk), default=None)


def _same_company(row: Transaction, fact: Appointment) -> bool:
    if fact.cocode:
        return fact.cocode == row.cocode
    return bool(fact.fein) and row.company is not None and fact.fein == row.company.fein


def _same_county(row: Transaction, fact: Appointment) -> bool:
    """Alerts do not tell the county; what one side does not say is no difference."""
    return not (fact.county_code and row.county_code) or fact.county_code == row.county_code


def _same_line(row: Transaction, fact: Appointment) -> bool:
    """States do not always agree with themselves on codes; a name that is the same is the same line."""
    if not row.loa_code and not row.loa:
        return not fact.loa_code and not fact.loa
    if row.loa_code and fact.loa_code == row.loa_code:
        return True
    return bool(row.loa and fact.loa) and normalised(row.loa) == normalised(fact.loa)


def _words(value: Any) -> str:
    return day(value) if isinstance(value, date) else f"“{value}”"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
