"""The buttons of the producer page."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from core.access import actor_of, back_office_page, render_page, signed_in
from core.errors import DomainError, InvalidInput
from producers import selectors, services
from producers.access import CHANGE_PRODUCERS, REVEAL_PERSONAL, SYNC_PRODUCERS
from producers.enums import Tracking
from producers.forms import ReasonForm
from producers.services.refresh import refresh_producer, require_on_registry
from producers.sync.runs import request_sync


@require_POST
@back_office_page(right=SYNC_PRODUCERS)
def sync_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one full report, whatever the age of what is on file."""
    producer = get_object_or_404(selectors.producers(), pk=pk)

    def ask() -> str:
        require_on_registry(producer)
        job = request_sync([producer.pk], actor=actor_of(request), reason="Sync now")
        url = reverse("jobs:detail", args=[job.pk])
        return format_html(
            'The sync is on its way: <a href="{}">watch it</a>, or reload this page later.', url
        )

    return _back_to(request, pk, ask)


@require_POST
@back_office_page(right=SYNC_PRODUCERS)
def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Today's facts are used as they are; older ones are read again first."""
    get_object_or_404(selectors.producers(), pk=pk)

    def ask() -> str:
        if refresh_producer(pk, actor=actor_of(request)):
            return (
                "The facts on file are not from today: the registry is being read. Reload to see the outcome."
            )
        return (
            "The facts were read today; what follows from them is being worked out again. Nothing was spent."
        )

    return _back_to(request, pk, ask)


@require_POST
@back_office_page(right=CHANGE_PRODUCERS)
def tracking(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn tracking on or off."""
    producer = get_object_or_404(selectors.producers(), pk=pk)
    wanted = request.POST.get("tracking", "")

    def switch() -> str:
        if wanted not in Tracking.values:
            raise InvalidInput(
                [{"path": "tracking", "code": "unknown", "message": "Choose active or inactive."}]
            )
        if wanted == Tracking.ACTIVE:
            require_on_registry(producer)
        outcome = services.set_tracking([pk], Tracking(wanted), actor=actor_of(request))
        changed = "is now" if outcome.changed else "was already"
        return f"NIPR tracking {changed} {wanted}."

    return _back_to(request, pk, switch)


@never_cache
@sensitive_post_parameters()
@back_office_page(right=REVEAL_PERSONAL)
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show personal data once, to a person with the right who says why."""
    producer = get_object_or_404(selectors.producers(), pk=pk)
    form = ReasonForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        what, reason = form.cleaned_data["what"], form.cleaned_data["reason"]
        try:
            secret = _revealed(request, pk, what, reason)
        except InvalidInput as refusal:
            form.refuse(refusal)
    context = {"producer": producer, "form": form, "secret": secret}
    return render_page(request, "producers/reveal.html", context, "Reveal personal data")


def _revealed(request: HttpRequest, pk: int, what: str, reason: str) -> str:
    if what == "ssn":
        shown = services.reveal_ssn(pk, user=signed_in(request), reason=reason)
    else:
        day = services.reveal_birth_date(pk, user=signed_in(request), reason=reason)
        shown = day.isoformat() if day else ""
    return shown or "None is on file"


def _back_to(request: HttpRequest, pk: int, do: Callable[[], str]) -> HttpResponse:
    """Do it, say how it went, and show the producer again."""
    try:
        messages.success(request, do())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("producers:page", pk=pk)
