"""The table of all states: which rules stand side by side, and how it is sorted and filtered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rulebook import library
from rulebook.fields import BY_NAME, Kind, RuleField
from rulebook.library import Answer
from rulebook.models import Jurisdiction

COLUMNS: tuple[RuleField, ...] = tuple(
    BY_NAME[name]
    for name in (
        "appoints_individuals",
        "appoints_firms",
        "jit_allowed",
        "jit_days",
        "renewal_cycle_months",
        "renewal_window_days",
        "late_renewal_days",
        "reinstatement_days",
        "ce_hours",
        "ce_ethics_hours",
        "backdate_termination_days",
        "appointment_fee_usd",
        "termination_fee_usd",
    )
)

Row = tuple[Jurisdiction, list[Answer]]


@dataclass(frozen=True)
class Header:
    """A column's head: its label, and the address part that sorts by it."""

    label: str
    sort: str
    direction: str


@dataclass(frozen=True)
class Table:
    headers: list[Header]
    rows: list[Row]
    total: int
    sort: str


def compare(on: date, *, text: str = "", sort: str = "") -> Table:
    """All states on a day. What is not known sorts last, whichever way."""
    rows = library.comparison(COLUMNS, on)
    shown = [row for row in rows if _holds(row, text.lower())]
    name, backwards = sort.removeprefix("-"), sort.startswith("-")
    places = {field.name: place for place, field in enumerate(COLUMNS)}
    if name in places:
        known = [row for row in shown if row[1][places[name]].known]
        known.sort(key=lambda row: _weight(row[1][places[name]]), reverse=backwards)
        shown = known + [row for row in shown if not row[1][places[name]].known]
    elif backwards and name == "name":
        shown.reverse()
    headers = [_header("State", "name", sort), *(_header(field.label, field.name, sort) for field in COLUMNS)]
    return Table(headers, shown, len(rows), sort)


def _header(label: str, name: str, sort: str) -> Header:
    by_this = sort.removeprefix("-") == name or (not sort and name == "name")
    if not by_this:
        return Header(label, name, "none")
    backwards = sort.startswith("-")
    return Header(label, name if backwards else f"-{name}", "descending" if backwards else "ascending")


def _holds(row: Row, text: str) -> bool:
    state, answers = row
    told = " ".join([state.code, state.name, *(answer.told for answer in answers)])
    return text in told.lower()


def _weight(answer: Answer) -> Decimal | str:
    value = answer.rule.value if answer.rule else ""
    return Decimal(value) if answer.field.kind in {Kind.NUMBER, Kind.MONEY} else value
