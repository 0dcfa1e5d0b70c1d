"""The grid of Quick Appoint as HTML. Thousands of cells: each is one formatted piece, no template of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from appointments.views.asking.grid import Cell, Grid, Judged, Standing
from rulebook.rules.facts import CompanyFact
from rulebook.rules.vocabulary import LoaCategory

WORDS = {
    Standing.POSSIBLE: ("Appoint", ""),
    Standing.APPOINTED: ("Appointed", "check_circle"),
    Standing.UNDER_WAY: ("Under way", "sync"),
    Standing.RECORDED: ("Recorded here", "inventory_2"),
    Standing.BLOCKED: ("Not possible", "block"),
    Standing.NO_LINE: ("No line", "remove"),
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


def rows(grid: Grid, names: dict[str, str], chosen: Collection[str], why: str) -> Iterator[Row]:
    """The states with their cells; ``chosen`` are ticked, ``why`` is the address of a cell's explanation."""
    companies = {company.cocode: company for company in grid.companies}
    for state in grid.asked.states:
        cells = list(grid.of_state(state))
        yield Row(
            state,
            names.get(state, state),
            state in grid.registry_states,
            sum(cell.standing is Standing.POSSIBLE for cell in cells),
            format_html_join(
                "", "{}", ((_cell(cell, companies[cell.key[1]], names, chosen, why),) for cell in cells)
            ),
        )


def _cell(
    cell: Cell, company: CompanyFact, names: dict[str, str], chosen: Collection[str], why: str
) -> SafeString:
    category = LoaCategory(cell.key[2]).label
    where = f"{names.get(cell.key[0], cell.key[0])}, {company.name}, {category}"
    inside = _possible(cell, where, chosen) if cell.standing is Standing.POSSIBLE else _told(cell, where, why)
    return format_html('<td data-label="{} · {}">{}</td>', company.name, category, inside)


def _possible(cell: Cell, where: str, chosen: Collection[str]) -> SafeString:
    return format_html(
        '<label class="q-cell q-possible"><input type="checkbox" name="pick" value="{}"{}>'
        '<span class="q-words"><b>Appoint<span class="sr-only"> {}</span></b><small>{}</small></span></label>',
        cell.value,
        SafeString(" checked") if cell.value in chosen else "",
        where,
        _note(cell),
    )


def _told(cell: Cell, where: str, why: str) -> SafeString:
    """What cannot be ticked. Whatever has a reason leads to it."""
    words, icon = WORDS[cell.standing]
    inside = format_html(
        '<span class="material-symbols-outlined" aria-hidden="true">{}</span>'
        '<span class="q-words"><b>{}<span class="sr-only">: {}</span></b><small>{}</small></span>',
        icon,
        words,
        where,
        _note(cell),
    )
    told = cell.told
    if cell.standing is Standing.UNDER_WAY and told and told.number:
        url = reverse("appointments:transaction", args=[int(told.number.removeprefix("GT-"))])
        return format_html('<a class="q-cell q-under_way" href="{}">{}</a>', url, inside)
    if cell.standing is Standing.NO_LINE:
        return format_html('<span class="q-cell q-no_line">{}</span>', inside)
    address = f"{why}{cell.value}"
    return format_html(
        '<a class="q-cell q-{}" href="{}#why" hx-get="{}">{}</a>',
        cell.standing.value,
        address,
        address,
        inside,
    )


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
