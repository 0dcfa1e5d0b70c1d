"""Quick Appoint: choose in a grid, look at the plan and its cost, then prepare, or prepare and submit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from appointments import access
from appointments.services.asking.appointments import ask_appointments
from appointments.services.asking.requests import AT_ONCE
from appointments.views.asking import drawing, reading
from appointments.views.asking.grid import Asked, Grid, Key, Sources, build, sources
from appointments.views.fixes import fix_link
from core.access import actor_of, back_office_page, render_page, signed_in
from core.errors import DomainError, InvalidInput
from producers.enums import AgentType, Tracking
from producers.models import Producer
from producers.selectors import producers
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.states import state_choices, state_names
from rulebook.rules.vocabulary import LoaCategory

_NOT_KEPT = ("why", "pick", "on")
NOTHING = "Tick at least one state, company and category that can be appointed."


@back_office_page(right=access.PREPARE)
def quick_appoint(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The grid of one producer; posting what was ticked leads to the plan."""
    producer = get_object_or_404(producers(), pk=pk)
    read = sources(producer)
    said = request.POST if request.method == "POST" else request.GET
    asked, problem = _asked(request.GET, said, read)
    grid = build(read, asked)
    if "why" in request.GET and request.headers.get("HX-Request"):
        return render(request, "appointments/asking/why.html", _why(request, producer, grid))
    chosen = set(said.getlist("pick")) | {".".join(key) for key in _preselected(request.GET, read)}
    if request.method == "POST":
        answer, problem = _plan(request, producer, grid, problem)
        if answer:
            return answer
    context = _context(request, producer, read, grid, chosen) | {"problem": problem, "on": said.get("on", "")}
    status = 422 if problem and request.method == "POST" else 200
    title = f"Quick appoint: {producer.display_name}"
    return render_page(request, "appointments/asking/quick.html", context, title, status=status)


def _asked(shown: QueryDict, said: QueryDict, read: Sources) -> tuple[Asked, str]:
    """What to show: as filtered, else the producer's assignments, and with them whatever is preselected."""
    agent_type = shown.get("agent_type", "")
    if agent_type not in AgentType.values:
        agent_type = next((each.agent_type for each in read.fact.assignments), AgentType.PRODUCER.value)
    on, problem = reading.day(said.get("on", ""))
    states, cocodes, categories = _wanted(read, agent_type)
    more = _preselected(shown, read)
    asked = Asked(
        states=_shown(shown, "states", list(state_names()), states, (key[0] for key in more)),
        cocodes=_shown(shown, "cocodes", list(read.companies), cocodes, (key[1] for key in more)),
        categories=_shown(
            shown, "categories", list(ASSIGNABLE_CATEGORIES), categories, (key[2] for key in more)
        ),
        agent_type=agent_type,
        on=on,
    )
    return asked, problem


def _shown(shown: QueryDict, name: str, known: list[str], default: set[str], more: Any) -> tuple[str, ...]:
    given = set(reading.among(shown.getlist(name), known)) or default
    wanted = given | set(more)
    return tuple(each for each in known if each in wanted)


def _wanted(read: Sources, agent_type: str) -> tuple[set[str], set[str], set[str]]:
    """States, companies and categories of the assignments; without one, where there are licenses, for everybody."""
    mine = [each for each in read.fact.assignments if each.agent_type == agent_type]
    companies = read.companies.values()
    states = {state for each in mine for state in each.states} or {held.state for held in read.fact.licenses}
    named = {cocode for each in mine for cocode in each.cocodes} & set(read.companies)
    categories = {category for each in mine for category in each.loa_categories}
    sold = {category for company in companies for category in company.loa_categories}
    categories = categories or sold
    selling = {company.cocode for company in companies if company.loa_categories & categories}
    return states, named or selling, categories


def _preselected(shown: QueryDict, read: Sources) -> list[Key]:
    """Cells that a link names: ``?state=CA&category=life&cocode=77001``, each of them once or more."""
    if "state" not in shown:
        return []
    states = reading.among(shown.getlist("state"), state_names())
    cocodes = reading.among(shown.getlist("cocode"), read.companies) or list(read.companies)
    categories = reading.among(shown.getlist("category"), [each.value for each in ASSIGNABLE_CATEGORIES])
    return [(s, c, each) for s in states for c in cocodes for each in categories]


def _context(
    request: HttpRequest, producer: Producer, read: Sources, grid: Grid, chosen: set[str]
) -> dict[str, Any]:
    names = state_names()
    query = request.GET
    asked = grid.asked
    return {
        "producer": producer,
        "rows": drawing.rows(grid, names, chosen),
        "grid": grid,
        "categories": [LoaCategory(each).label for each in asked.categories],
        "cells": len(grid.cells),
        "filters": _filters(asked, read),
        "agent_type": asked.agent_type,
        "agent_types": AgentType.choices,
        "address": [
            (name, value) for name, values in query.lists() for value in values if name not in _NOT_KEPT
        ],
        "kept": [(name, value) for name in ("state", "cocode", "category") for value in query.getlist(name)],
        "stops": stops(producer),
        **_why(request, producer, grid),
    }


def _filters(asked: Asked, read: Sources) -> list[dict[str, Any]]:
    companies = [(company.cocode, company.name) for company in read.companies.values()]
    choices = [
        ("states", "States", state_choices(), asked.states),
        ("cocodes", "Companies", companies, asked.cocodes),
        ("categories", "Categories", [(c.value, c.label) for c in ASSIGNABLE_CATEGORIES], asked.categories),
    ]
    return [
        {
            "name": name,
            "label": label,
            "count": len(shown),
            # What is shown stands first: that is what one wants to take away or add to.
            "choices": sorted(
                ((v, words, v in shown) for v, words in known), key=lambda choice: not choice[2]
            ),
        }
        for name, label, known, shown in choices
    ]


def stops(producer: Producer) -> str:
    """Why nothing can be asked for this producer now, and what to do; empty when it can."""
    if not producer.npn or producer.dummy_npn:
        return "Without an NPN that the registry knows nothing can be asked for. Enter it on the producer's page."
    if producer.last_synced_at is None:
        return "It has never been read from the registry. Press Sync now on its page, and come back when that is done."
    if producer.tracking != Tracking.ACTIVE:
        return "NIPR tracking is inactive, and then nothing is asked for. Start tracking on its page."
    return ""


def _why(request: HttpRequest, producer: Producer, grid: Grid) -> dict[str, Any]:
    """The explanation of one cell, line by line."""
    key = tuple(request.GET.get("why", "").split("."))
    cell = grid.cells.get(key) if len(key) == 3 else None
    if cell is None:
        return {"why": None}
    user, agent_type = signed_in(request), grid.asked.agent_type
    lines = [
        {
            "line": each.line.loa or each.line.loa_code,
            "text": each.verdict.text,
            "last": each.verdict.decisions[-1] if each.verdict.decisions else None,
            "fix": fix_link(each.verdict.fix, producer.pk, user, agent_type=agent_type),
            "standing": drawing.WORDS[each.standing],
        }
        for each in cell.lines
    ]
    company = next(each for each in grid.companies if each.cocode == cell.key[1])
    words = f"{state_names()[cell.key[0]]}, {company.name}, {LoaCategory(cell.key[2]).label}"
    return {"why": {"title": words, "lines": lines}}


def _plan(
    request: HttpRequest, producer: Producer, grid: Grid, problem: str
) -> tuple[HttpResponse | None, str]:
    """The plan of what was ticked, or the sentence why there is none."""
    picks = _picks(request.POST, grid)
    if problem or stops(producer) or not picks:
        return None, problem or stops(producer) or NOTHING
    requests = as_requests(producer, picks, grid.asked)
    try:
        bulk = ask_appointments(
            requests,
            dry_run=True,
            show_ineligible=False,
            actor=actor_of(request),
            wait=len(requests) <= AT_ONCE,
        )
    except InvalidInput as refusal:
        return None, " ".join(error["message"] for error in refusal.errors)
    except DomainError as refusal:
        return None, str(refusal)
    if len(requests) > AT_ONCE:
        messages.info(request, "That is a lot: it is being planned in the background.")
        return redirect("appointments:plan", pk=bulk.pk), ""
    where = reverse("appointments:quick_plan", args=[producer.pk, bulk.pk])
    return redirect(f"{where}?{request.GET.urlencode()}"), ""


def _picks(posted: QueryDict, grid: Grid) -> dict[tuple[str, str], list[str]]:
    """Categories by state and CoCode, of cells that can be appointed."""
    picks: dict[tuple[str, str], list[str]] = {}
    for value in dict.fromkeys(posted.getlist("pick")):
        cell = grid.cells.get(tuple(value.split(".")))  # type: ignore[arg-type]
        if cell is not None and cell.possible:
            picks.setdefault((cell.key[0], cell.key[1]), []).append(cell.key[2])
    return picks


def as_requests(
    producer: Producer, picks: Mapping[tuple[str, str], list[str]], asked: Asked
) -> list[dict[str, Any]]:
    """One request a state and company, as the service takes it."""
    return [
        {
            "npn": producer.npn,
            "state": state,
            "cocode": cocode,
            "loa_categories": categories,
            "agent_type": asked.agent_type,
            "effective_date": asked.on.isoformat() if asked.on else None,
        }
        for (state, cocode), categories in picks.items()
    ]
