"""Appointing many producers with one company: a selection, pasted NPNs, or everybody assigned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from appointments import access
from appointments.forms.bulk import ASSIGNED, PASTED, BulkAppointForm
from appointments.lists import selections
from appointments.lists.selections import MOST, Selection
from appointments.models import Company
from appointments.services.asking.appointments import ask_appointments
from appointments.views.asking import reading
from core.access import actor_of, back_office_page, render_page
from core.errors import DomainError, InvalidInput
from producers.models import Producer, ProducerAssignment

Request = dict[str, Any]
NOBODY = {
    PASTED: "Paste at least one NPN.",
    ASSIGNED: "No running assignment names this company with these states and categories for this agent type.",
    "selection": "None of the producers chosen has an NPN. Enter them on their pages first.",
}


@back_office_page(right=access.PREPARE)
def bulk_appoint(request: HttpRequest) -> HttpResponseBase:
    """Say who, where and for what; a dry run plans it, and the plan is approved on a page of its own."""
    selection = selections.find("producers", request.GET.get("selection", ""), actor_of(request))
    chosen = len(selection.ids) if selection else 0
    form = BulkAppointForm(request.POST or None, chosen=chosen, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        requests = list(_requests(form, selection))
        if requests and len(requests) <= MOST:
            try:
                bulk = ask_appointments(requests, dry_run=True, actor=actor_of(request))
                return redirect("appointments:plan", pk=bulk.pk)
            except InvalidInput as refusal:
                form.add_error(None, " ".join(error["message"] for error in refusal.errors[:5]))
            except DomainError as refusal:
                form.add_error(None, str(refusal))
        elif not form.errors:
            form.add_error(*_why_not(form, len(requests)))
    context = {
        "form": form,
        "expired": bool(request.GET.get("selection")) and selection is None,
        "companies": Company.objects.filter(active=True).exists(),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render_page(request, "appointments/asking/bulk.html", context, "Bulk appoint", status=status)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What a link has chosen already; a company brings its categories and states with it."""
    company = next(iter(reading.keys([request.GET.get("company", "")])), None)
    found = Company.objects.filter(pk=company, active=True).first() if company else None
    return {
        "company": found,
        "loa_categories": request.GET.getlist("category") or (found.loa_categories if found else []),
        "states": request.GET.getlist("state"),
    }


def _why_not(form: BulkAppointForm, count: int) -> tuple[str, str]:
    who = form.cleaned_data["who"]
    where = "npns" if who == PASTED else "who"
    if count:
        return (
            where,
            f"That is {count:,} requests, and at most {MOST:,} go at once. Choose fewer producers or states.",
        )
    return where, NOBODY[who]


def _requests(form: BulkAppointForm, selection: Selection | None) -> Iterator[Request]:
    """One request a producer and state. What cannot be read is told on the form."""
    said = form.cleaned_data
    if said["who"] == ASSIGNED:
        yield from _assigned(said)
        return
    npns: Iterable[str] = ()
    if said["who"] == PASTED:
        npns, wrong = reading.npns(said["npns"])
        if wrong:
            more = f" and {len(wrong) - 5:,} more" if len(wrong) > 5 else ""
            form.add_error(
                "npns", f"These are no NPNs: {', '.join(wrong[:5])}{more}. An NPN is 1 to 10 digits."
            )
            return
    elif selection is not None:
        npns = _npns_of(selection.ids)
    for npn in npns:
        for state in said["states"]:
            yield _request(said, npn, state, said["loa_categories"])


def _request(said: dict[str, Any], npn: str, state: str, categories: list[str]) -> Request:
    return {
        "npn": npn,
        "state": state,
        "cocode": said["company"].cocode,
        "loa_categories": categories,
        "agent_type": said["agent_type"],
        "effective_date": said["effective_date"],
    }


def _npns_of(ids: list[int]) -> Iterator[str]:
    for start in range(0, len(ids), 1000):
        rows = Producer.objects.filter(pk__in=ids[start : start + 1000], npn__isnull=False).order_by("pk")
        yield from (npn for npn in rows.values_list("npn", flat=True) if npn)


def _assigned(said: dict[str, Any]) -> Iterator[Request]:
    """Only what the assignments name: the states and categories of each that were chosen here too."""
    cocode = said["company"].cocode
    wanted: dict[tuple[str, str], set[str]] = {}
    rows = ProducerAssignment.objects.filter(
        ended_at=None, agent_type=said["agent_type"], producer__npn__isnull=False
    ).order_by("producer_id", "pk")
    for npn, states, categories, cocodes in rows.values_list(
        "producer__npn", "states", "loa_categories", "cocodes"
    ).iterator(2000):
        if cocode in cocodes:
            for state in set(states) & set(said["states"]):
                wanted.setdefault((npn or "", state), set()).update(categories)
    for (npn, state), categories in wanted.items():
        named = [each for each in said["loa_categories"] if each in categories]
        if named:
            yield _request(said, npn, state, named)
