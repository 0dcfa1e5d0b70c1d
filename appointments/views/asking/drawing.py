"""The grid of Quick Appoint as HTML. Thousands of cells: each is one formatted piece, no template of its own."""

from __future__ import annotations

import html
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from appointments.views.asking.grid import Cell, Grid, Judged, Standing
from rulebook.rules.vocabulary import LoaCategory

WORDS = {
    Standing.POSSIBLE: "Appoint",
    Standing.APPOINTED: "Appointed",
    Standing.UNDER_WAY: "Under way",
    Standing.RECORDED: "Recorded here",
    Standing.BLOCKED: "Not possible",
    Standing.NO_LINE: "No line",
}
NO_LINE = "no active line in the business rules"


@dataclass(frozen=True, slots=True)
class Row:
    """A state as the table draws it."""

    state: str
    name: str
    registry: bool
    possible: int
    cells: SafeString


@lru_cache(maxsize=4096)
def _safe(text: str) -> str:
    """Text as HTML. Names, reasons and dates come again in thousands of cells: each is escaped once."""
    return html.escape(text)


def rows(grid: Grid, names: dict[str, str], chosen: Collection[str]) -> Iterator[Row]:
    """The states with their cells; ``chosen`` are ticked."""
    labels = [
        _safe(f"{company.name} · {LoaCategory(category).label}")
        for company in grid.companies
        for category in grid.asked.categories
    ]
    for state in grid.asked.states:
        name, cells = names.get(state, state), list(grid.of_state(state))
        drawn = (
            f'<td data-label="{label}">{_inside(cell, f"{_safe(name)}, {label}", chosen)}</td>'
            for cell, label in zip(cells, labels, strict=True)
        )
        yield Row(
            state,
            name,
            state in grid.registry_states,
            sum(cell.standing is Standing.POSSIBLE for cell in cells),
            SafeString("".join(drawn)),  # every part of it has been escaped
        )


def _inside(cell: Cell, where: str, chosen: Collection[str]) -> str:
    """A box to tick, or how it stands; whatever has a reason is a button that tells it. ``where`` is HTML."""
    told, value = cell.told, _safe(cell.value)
    words = f"<span><b>{WORDS[cell.standing]}</b><small>{_safe(_note(cell))}</small></span>"
    if cell.standing is Standing.POSSIBLE:
        ticked = " checked" if cell.value in chosen else ""
        named = f'<b>Appoint<span class="sr-only"> {where}</span></b><small>{_safe(_note(cell))}</small>'
        box = f'<input type="checkbox" name="pick" value="{value}"{ticked}>'
        return f'<label class="q-cell q-possible">{box}<span>{named}</span></label>'
    if told is None:
        return f'<span class="q-cell q-no_line">{words}</span>'
    if cell.standing is Standing.UNDER_WAY and told.number:
        url = reverse("appointments:transaction", args=[int(told.number.removeprefix("GT-"))])
        return f'<a class="q-cell q-under_way" href="{url}">{words}</a>'
    ask = f'form="ask-why" name="why" value="{value}"'
    return f'<button class="q-cell q-{cell.standing.value}" {ask}>{words}</button>'


def _note(cell: Cell) -> str:
    """The few words under the standing."""
    told = cell.told
    if told is None:
        return NO_LINE
    match cell.standing:
        case Standing.POSSIBLE:
            return ", ".join(_marks(cell, told))
        case Standing.APPOINTED:
            return f"since {date_format(told.since, 'j M Y')}" if told.since else "date not known"
        case Standing.UNDER_WAY | Standing.RECORDED:
            return told.number
    return told.verdict.text


def _marks(cell: Cell, told: Judged) -> Iterator[str]:
    if len(cell.lines) > 1:
        yield f"{cell.possible} of {len(cell.lines)} lines"
    if told.verdict.registry_state:
        yield "registry state: recorded here, no fee"
    if told.verdict.internal:
        yield "internal: recorded here, no fee"
    if told.verdict.just_in_time:
        yield "just in time"
