"""Which rows of an upload are shown: by outcome, by what became of them, by text; fifty at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from core.imports.enums import WORTH_PROCESSING, Outcome, RowState
from core.imports.models import ImportRow, ImportRun
from core.imports.views.counted import Counted

ROWS_A_PAGE = 50
WAITING = "waiting"
ALWAYS = ("", Outcome.NEW, Outcome.UPDATE, Outcome.ERROR)
"""Tabs that stand there even with no rows behind them."""
SHOWN: dict[str, tuple[str, Q]] = {
    "": ("All", Q()),
    **{outcome.value: (outcome.label, Q(outcome=outcome)) for outcome in Outcome},
    WAITING: ("Not processed yet", Q(outcome__in=WORTH_PROCESSING, state=RowState.WAITING)),
    **{state.value: (state.label, Q(state=state)) for state in RowState if state},
}
"""What ``?show=`` may say, with its words and its condition."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to look at the rows, with how many there are."""

    name: str
    label: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the address asks for. Pages go by the numbers of rows, so one stays while its rows are mended."""

    show: str
    text: str
    after: int
    before: int

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> Narrowed:
        """From a query string; what means nothing is left out."""
        show = str(params.get("show", ""))
        text = str(params.get("q", "")).replace("\x00", "").strip()[:100]
        return cls(show if show in SHOWN else "", text, _number(params, "after"), _number(params, "before"))

    def rows(self, run: ImportRun) -> QuerySet[ImportRow]:
        """Every row that matches."""
        found = run.rows.filter(SHOWN[self.show][1]).defer("secrets")
        return found.filter(label__icontains=self.text) if self.text else found

    def address(self, **position: int) -> str:
        """The query string for the same rows, at another place."""
        parts = {"show": self.show, "q": self.text, **position}
        return "?" + urlencode({name: value for name, value in parts.items() if value})

    @property
    def here(self) -> str:
        """The query string of this very page."""
        return self.address(after=self.after, before=self.before)


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows, where they stand among all that match, and where the neighbours are."""

    rows: list[ImportRow]
    first: int
    total: int
    previous: str
    next: str

    @property
    def last(self) -> int:
        """The place of the last row among all that match."""
        return self.first + len(self.rows) - 1


def page_of(run: ImportRun, narrowed: Narrowed) -> RowPage:
    """The page that the address asks for; the first one when there is nothing there any more."""
    matching = narrowed.rows(run)
    if narrowed.before:
        wanted = matching.filter(number__lt=narrowed.before).order_by("-number")[:ROWS_A_PAGE]
        rows = list(wanted)[::-1]
    else:
        rows = list(matching.filter(number__gt=narrowed.after).order_by("number")[:ROWS_A_PAGE])
    if not rows and (narrowed.after or narrowed.before):
        rows = list(matching.order_by("number")[:ROWS_A_PAGE])
    total = matching.count()
    if not rows:
        return RowPage([], 0, total, "", "")
    preceding = matching.filter(number__lt=rows[0].number).count()
    more = preceding + len(rows) < total
    return RowPage(
        rows=rows,
        first=preceding + 1,
        total=total,
        previous=narrowed.address(before=rows[0].number) if preceding else "",
        next=narrowed.address(after=rows[-1].number) if more else "",
    )


def tabs(counted: Counted, narrowed: Narrowed) -> list[Tab]:
    """All outcomes; and once something was processed, what became of the rows."""
    counts = {"": counted.all, **{outcome.value: counted.outcomes.get(outcome, 0) for outcome in Outcome}}
    if counted.done or counted.failed or counted.undone:
        counts[WAITING] = counted.waiting
        counts |= {
            RowState.DONE: counted.done,
            RowState.FAILED: counted.failed,
            RowState.UNDONE: counted.undone,
        }
    return [
        Tab(name, label, counts[name], replace(narrowed, show=name).address(), name == narrowed.show)
        for name, (label, _condition) in SHOWN.items()
        if name in counts and (counts[name] or name in {*ALWAYS, narrowed.show})
    ]


def _number(params: Mapping[str, Any], name: str) -> int:
    text = str(params.get(name, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
