"""Ending appointments of one producer, an individual or a firm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from appointments import access
from appointments.models import Appointment, BulkRequest
from appointments.services.asking.requests import AT_ONCE
from appointments.services.asking.terminations import ask_terminations
from appointments.views.asking import ending, reading
from appointments.views.asking.states import Said, load_terms, reasons_of
from core.access import actor_of, back_office_page, render_page, signed_in
from core.errors import DomainError, InvalidInput
from producers.models import Producer
from producers.selectors import producers

NOTHING = "Tick at least one appointment to terminate."


@back_office_page(right=access.PREPARE)
def terminate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All that may be terminated, with a reason and perhaps a date for each state."""
    producer = get_object_or_404(producers(), pk=pk)
    terms = load_terms()
    problem, refused = "", {}
    chosen = set(reading.keys(request.POST.getlist("pick")))
    if request.method == "POST":
        rows = [row for row in ending.appointments_to_end(producer) if row.pk in chosen]
        said = {state: terms.said(state, request.POST.dict()) for state in {row.state for row in rows}}
        refused = {state: each.problem for state, each in said.items() if each.problem}
        problem = _problem(rows, refused)
        if not problem:
            bulk, problem = _ask(request, producer, rows, said)
            if bulk is not None:
                return redirect(_where(request, bulk, len(rows)))
    posted = request.POST.dict() if request.method == "POST" else None
    states = ending.choices(producer, terms, signed_in(request), chosen, posted, refused)
    context = {
        "producer": producer,
        "states": states,
        "problem": problem,
        "reasons": reasons_of(state.terms for state in states),
        "possible": sum(state.possible for state in states),
        "total": sum(len(company.rows) for state in states for company in state.companies),
    }
    title = f"Terminate appointments of {producer.display_name}"
    status = 422 if problem else 200
    return render_page(request, "appointments/asking/terminate.html", context, title, status=status)


def _problem(rows: list[Appointment], refused: dict[str, str]) -> str:
    if not rows:
        return NOTHING
    if not refused:
        return ""
    where = ", ".join(sorted(refused))
    return f"Nothing was asked for yet. See what is wrong in {where}; everything you ticked is still here."


def as_requests(rows: Iterable[tuple[Appointment, str]], said: dict[str, Said]) -> list[dict[str, Any]]:
    """One request for each appointment with the NPN of its producer, as the service takes it."""
    return [
        {
            "npn": npn,
            "state": row.state,
            "appointment_id": row.pk,
            "reason": said[row.state].reason or None,
            "effective_date": said[row.state].on,
        }
        for row, npn in rows
    ]


def _ask(
    request: HttpRequest, producer: Producer, rows: list[Appointment], said: dict[str, Said]
) -> tuple[BulkRequest | None, str]:
    requests = as_requests(((row, producer.npn or "") for row in rows), said)
    try:
        return ask_terminations(requests, actor=actor_of(request), wait=len(requests) <= AT_ONCE), ""
    except InvalidInput as refusal:
        return None, " ".join(error["message"] for error in refusal.errors)
    except DomainError as refusal:
        return None, str(refusal)


def _where(request: HttpRequest, bulk: BulkRequest, count: int) -> str:
    if count > AT_ONCE:
        return reverse("appointments:plan", args=[bulk.pk])
    messages.success(request, "Prepared. Nothing has been sent yet: submit them below.")
    return f"{reverse('appointments:transactions')}?{urlencode({'request_set': str(bulk.pk)})}"
