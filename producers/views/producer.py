"""The producer page: header, actions, and one open tab."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse

from core import clock
from core.access import back_office_page, has_right, render_page, right_label, signed_in
from core.accounts.models import User
from core.errors import InvalidInput
from producers import page, selectors
from producers.access import (
    ACKNOWLEDGE,
    ASSIGN,
    CHANGE_PRODUCERS,
    REVEAL_PERSONAL,
    SYNC_PRODUCERS,
    VIEW_PRODUCERS,
)
from producers.as_of import AsOf
from producers.enums import SYNCED, SyncStatus, Tracking
from producers.models import Producer
from producers.page import Action
from producers.services.refresh import read_today
from producers.wording import lookup_price, next_step


@back_office_page(right=VIEW_PRODUCERS)
def producer_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one producer, as known now or on an earlier day."""
    if "day" in request.GET:
        return redirect(_day_chosen(request))
    user = signed_in(request)
    producer = get_object_or_404(selectors.producers(), pk=pk)
    as_of, problem = _as_of(request)
    tabs = page.tabs_for(user)
    tab = next((each for each in tabs if each.name == request.GET.get("tab", tabs[0].name)), None)
    if tab is None:
        raise Http404("There is no such tab.")
    panels = [
        render_to_string(panel.template, {"producer": producer, **panel.selector(producer, as_of)}, request)
        for panel in page.panels_for(user)
    ]
    context = {
        "producer": producer,
        "as_of": as_of,
        "as_of_problem": problem,
        "today": clock.today(),
        "tabs": tabs,
        "tab": tab,
        "panels": [panel for panel in panels if panel.strip()],
        "actions": [action.for_user(user) for action in actions_for(producer)],
        "synced": producer.sync_status in SYNCED,
        "next_step": next_step(producer),
        "assign_refusal": _refusal(user, ASSIGN),
        "acknowledge_refusal": _refusal(user, ACKNOWLEDGE),
        **tab.selector(producer, as_of),
    }
    return render_page(request, "producers/producer_page.html", context, producer.display_name)


def _refusal(user: User, right: str) -> str:
    """Why a button inside a tab is not there for this user; empty when it is."""
    return "" if has_right(user, right) else f"This needs the right “{right_label(right)}”."


def _day_chosen(request: HttpRequest) -> str:
    """The date picker asks for a day; the address says both what is judged and what was known."""
    day, tab = request.GET["day"], request.GET.get("tab", "")
    parts = {"tab": tab} if tab else {}
    if day != clock.today().isoformat():
        parts |= {"on": day, "known_at": day}
    return f"{request.path}?{urlencode(parts)}"


def _as_of(request: HttpRequest) -> tuple[AsOf, str]:
    """The day asked for; a day that cannot be read shows today, and says so."""
    try:
        return AsOf.read(request.GET.get("on", ""), request.GET.get("known_at", "")), ""
    except InvalidInput as invalid:
        return AsOf.today(), invalid.message


def actions_for(producer: Producer) -> list[Action]:
    """The buttons of the page, in order."""
    return [
        *_registry_actions(producer),
        *page.extra_actions(producer),
        Action("Edit", reverse("producers:edit", args=[producer.pk]), "edit", CHANGE_PRODUCERS),
        _tracking_action(producer),
        Action(
            "Reveal SSN",
            reverse("producers:reveal", args=[producer.pk]),
            "visibility",
            REVEAL_PERSONAL,
            disabled="" if producer.ssn_last4 else "No social security number is on file",
        ),
        Action(
            "Add assignment",
            reverse("producers:assignment_new", args=[producer.pk]),
            "add",
            ASSIGN,
            primary=True,
        ),
    ]


def _registry_actions(producer: Producer) -> list[Action]:
    unknown = (
        "" if producer.on_registry else "The registry does not know this producer: it has no NPN of its own"
    )
    running = producer.sync_status in (SyncStatus.QUEUED, SyncStatus.PROCESSING)
    price = lookup_price()
    return [
        Action(
            "Sync now",
            reverse("producers:sync", args=[producer.pk]),
            "sync",
            SYNC_PRODUCERS,
            "post",
            confirm=f"This reads one full report from the registry. The registry charges for it: {price}.",
            disabled=unknown or ("A sync is under way" if running else ""),
        ),
        Action(
            "Refresh",
            reverse("producers:refresh", args=[producer.pk]),
            "refresh",
            SYNC_PRODUCERS,
            "post",
            confirm="The registry's facts were read today, so this costs nothing: what follows from them is worked "
            "out again."
            if read_today(producer)
            else f"The registry's facts are not from today, so one full report is read first: {price}.",
            disabled=unknown,
        ),
    ]


def _tracking_action(producer: Producer) -> Action:
    url = reverse("producers:tracking", args=[producer.pk])
    if producer.tracking == Tracking.ACTIVE:
        question = (
            "Daily updates stop, and this producer is no longer counted in billing. Its facts stay on file."
        )
        return Action(
            "Stop tracking", url, "notifications_off", CHANGE_PRODUCERS, "post",
            confirm=question, values=(("tracking", Tracking.INACTIVE),),
        )  # fmt: skip
    never_read = "" if producer.last_synced_at else f" Its first full report is read now: {lookup_price()}."
    return Action(
        "Start tracking", url, "notifications_active", CHANGE_PRODUCERS, "post",
        confirm=f"The registry tells us of changes daily, and this producer is counted in billing.{never_read}",
        values=(("tracking", Tracking.ACTIVE),),
        disabled="" if producer.on_registry else "Without an NPN of the registry it cannot be tracked",
    )  # fmt: skip
