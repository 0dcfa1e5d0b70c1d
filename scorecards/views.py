"""The scorecard page, its print, and what can be done on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from appointments.views.fixes import FixLink
from core import clock
from core.access import actor_of, back_office_page, has_right, render_page, right_label, signed_in
from core.accounts.models import User
from core.errors import DomainError, InvalidInput
from core.lists.screen import ListScreen
from core.lists.views import list_view
from producers import services as producers
from producers.access import ASSIGN, SYNC_PRODUCERS
from producers.as_of import AsOf
from producers.directory import company_names
from producers.page import Action
from producers.services.refresh import read_today, refresh_producer
from producers.wording import lookup_price
from rulebook.selectors import load_rule_book
from scorecards import selectors, services
from scorecards.access import VIEW_SCORECARDS
from scorecards.doing import action_link, fix_of
from scorecards.grid import LICENSES, CellDict, NextStep, find_cell, grids, next_steps
from scorecards.lists import SCORECARDS
from scorecards.models import Scorecard
from scorecards.packing import Sheet
from scorecards.why import drawn_decision, why

_list = list_view(SCORECARDS)


@back_office_page(VIEW_SCORECARDS)
def scorecard_list(request: HttpRequest) -> HttpResponseBase:
    """All scorecards, with counts of what is to be done on those that match."""
    answer = _list(request)
    if isinstance(answer, TemplateResponse) and answer.template_name == "core/list.html":
        context = answer.context_data or {}
        answer.template_name = "scorecards/list.html"
        answer.context_data = {**context, "to_do": _to_do(context["screen"])}
    return answer


def _to_do(screen: ListScreen[Scorecard]) -> list[dict[str, Any]]:
    """What is to be done on all that match, each count leading to the scorecards that it counts.

    Of more scorecards than the page counts, cells are not counted either: that would be slow.
    """
    if screen.count[1]:
        return []
    return [
        {
            "label": each.label,
            "cells": each.cells,
            "url": screen.address(action=each.action),
            "by_state": [
                (state, cells, screen.address(action=each.action, state=state))
                for state, cells in each.states
            ],
        }
        for each in selectors.to_do_by_action(screen.rows)
    ]


@back_office_page(VIEW_SCORECARDS)
def scorecard_page(request: HttpRequest, number: str) -> HttpResponseBase:
    """One scorecard: the grid, why each cell is what it is, what to do next, and what does not show."""
    if "day" in request.GET:
        return redirect(_day_chosen(request))
    scorecard = get_object_or_404(selectors.scorecards().select_related("sheet"), number=number)
    as_of, problem = _as_of(request)
    context = _context(request, scorecard, as_of)
    context["as_of_problem"] = problem
    if request.headers.get("HX-Target") == "why":
        return TemplateResponse(request, "scorecards/parts/why.html", context)
    return render_page(request, "scorecards/page.html", context, scorecard.number)


@back_office_page(VIEW_SCORECARDS)
def scorecard_print(request: HttpRequest, number: str) -> HttpResponseBase:
    """Everything on paper: each grid, each open point with its reason, and as of when it was read."""
    scorecard = get_object_or_404(selectors.scorecards().select_related("sheet"), number=number)
    as_of, _problem = _as_of(request)
    context = _context(request, scorecard, as_of)
    sheet = context["view"].sheet
    context["sheets"] = [(grid, next_steps(sheet, grid.key)) for grid in context["grids"]]
    context |= {"printed_at": clock.now(), "printed_by": signed_in(request)}
    return TemplateResponse(request, "scorecards/print.html", context)


@require_POST
@back_office_page(SYNC_PRODUCERS)
def refresh(request: HttpRequest, number: str) -> HttpResponseBase:
    """Read the registry if its copy is older than today, then compute."""
    scorecard = get_object_or_404(Scorecard, number=number)
    try:
        if refresh_producer(scorecard.producer_id, actor=actor_of(request)):
            said = "The registry is being read; the scorecard follows by itself. Reload to see it."
        else:
            said = "Worked out again from today's facts. Nothing was spent."
        messages.success(request, said)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("scorecards:page", number=number)


@require_POST
@back_office_page(ASSIGN)
def add_to_assignment(request: HttpRequest, number: str) -> HttpResponseBase:
    """Have the scorecard ask about a license that is held: its state, its categories, or its agent type."""
    scorecard = get_object_or_404(Scorecard.objects.select_related("assignment"), number=number)
    states, categories = request.POST.getlist("states"), request.POST.getlist("loa_categories")
    agent_type, assignment, actor = (
        request.POST.get("agent_type", ""),
        scorecard.assignment,
        actor_of(request),
    )
    try:
        if agent_type:
            fields: producers.AssignmentFields = {
                "states": states,
                "loa_categories": categories,
                "agent_type": agent_type,
            }
            producers.create_assignment(scorecard.producer_id, fields, actor=actor)
            messages.success(
                request, f"There is an assignment for agent type {agent_type} now, with a scorecard."
            )
        else:
            fields = {
                "states": {*assignment.states, *states},
                "loa_categories": {*assignment.loa_categories, *categories},
            }
            producers.update_assignment(assignment.pk, fields, actor=actor)
            services.refresh([scorecard.pk])
            messages.success(request, f"The assignment asks for {', '.join([*states, *categories])} now.")
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("scorecards:page", number=number)


# What a page shows ----------------------------------------------------------------------------------------------


def _context(request: HttpRequest, scorecard: Scorecard, as_of: AsOf) -> dict[str, Any]:
    view = selectors.view_of(scorecard, as_of)
    states = load_rule_book().jurisdictions
    companies = company_names(scorecard.assignment.cocodes)
    tables = grids(view.sheet, states, companies)
    shown = next((grid for grid in tables if grid.key == request.GET.get("company", LICENSES)), None)
    if shown is None:
        raise Http404("There is no such company on this scorecard.")
    cell = find_cell(view.sheet, request.GET.get("cell", ""))
    user = signed_in(request)
    steps = next_steps(view.sheet, shown.key)
    return {
        "scorecard": scorecard,
        "producer": scorecard.producer,
        "assignment": scorecard.assignment,
        "view": view,
        "as_of": as_of,
        "today": clock.today(),
        "grids": tables,
        "grid": shown,
        "why": why(cell, scorecard, states, companies, user) if cell else None,
        "steps": [(step, _way(step, scorecard, user)) for step in steps],
        "why_link": _own_way(cell, scorecard, user) if cell else None,
        "not_asked": _outside(view.sheet, "not_asked", states),
        "waiting": _waiting(view.sheet, scorecard, states, user),
        "actions": [action.for_user(user) for action in _actions(scorecard)],
        "assign_refusal": "" if has_right(user, ASSIGN) else f"This needs the right “{right_label(ASSIGN)}”.",
    }


def _way(step: NextStep, scorecard: Scorecard, user: User) -> FixLink | None:
    """The page where a step is done, when it is one page for all its cells."""
    link = action_link(step.action, step.asked, scorecard)
    if link is None and len(step.fixes) == 1:
        link = fix_of(step.fixes[0], scorecard, user)
    return link.for_user(user) if link else None


def _own_way(cell: CellDict, scorecard: Scorecard, user: User) -> FixLink | None:
    """The page where what one cell asks for is done."""
    link = action_link(cell["action"], [cell], scorecard)
    return link.for_user(user) if link else None


def _outside(sheet: Sheet, kind: str, states: Any) -> list[dict[str, Any]]:
    return [
        {**entry, "state_name": states.get(entry["state"], entry["state"])}
        for entry in sheet.outside
        if entry["kind"] == kind
    ]


def _waiting(sheet: Sheet, scorecard: Scorecard, states: Any, user: User) -> list[dict[str, Any]]:
    """Licenses that are not renewable yet, each with the rule that says so."""
    return [
        {**entry, "decision": drawn_decision(entry["decisions"][0], scorecard, user)}
        for entry in _outside(sheet, "not_yet_renewable", states)
    ]


def _actions(scorecard: Scorecard) -> list[Action]:
    producer = scorecard.producer
    price = f"The registry's facts are not from today, so one full report is read first: {lookup_price()}."
    free = "The registry's facts were read today, so this costs nothing: the scorecard is worked out again."
    return [
        Action(
            "Refresh",
            reverse("scorecards:refresh", args=[scorecard.number]),
            "refresh",
            SYNC_PRODUCERS,
            "post",
            primary=True,
            confirm=free if read_today(producer) else price,
            disabled="" if producer.on_registry else "The registry does not know this producer",
        ),
        Action(
            "Edit assignment",
            reverse("producers:assignment_edit", args=[scorecard.assignment_id]),
            right=ASSIGN,
        ),
        Action("Print", reverse("scorecards:print", args=[scorecard.number])),
    ]


def _as_of(request: HttpRequest) -> tuple[AsOf, str]:
    """The day asked for; a day that cannot be read shows today, and says so."""
    try:
        return AsOf.read(request.GET.get("on", ""), request.GET.get("known_at", "")), ""
    except InvalidInput as invalid:
        return AsOf.today(), invalid.message


def _day_chosen(request: HttpRequest) -> str:
    """The date picker asks for a day; the address says both what is judged and what was known."""
    parts = {name: request.GET[name] for name in ("company", "cell") if name in request.GET}
    day = request.GET["day"]
    if day != clock.today().isoformat():
        parts |= {"on": day, "known_at": day}
    return f"{request.path}?{urlencode(parts)}"
