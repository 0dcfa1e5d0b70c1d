"""Pages that belong to no app below: search, the doors of the admin, expired forms."""

from __future__ import annotations

import time
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_prometheus.exports import ExportToDjangoView

from agentsync import search
from core.access import back_office_page, render_page, signed_in


@back_office_page()
def search_page(request: HttpRequest) -> HttpResponse:
    """People's own address is ``?q=``; the command palette asks here with ``s``."""
    if "s" in request.GET:
        return _palette(request, request.GET["s"])
    text, only = request.GET.get("q", ""), request.GET.get("in", "")
    found = search.search(signed_in(request), text, limit=search.MORE if only else search.FIRST, only=only)
    return render_page(request, "agentsync/search.html", {"q": text, "only": only, "found": found}, "Search")


def _palette(request: HttpRequest, term: str) -> HttpResponse:
    """What the palette shows, found anew each time: unfold's own keeps it, and shows names to who lost the right."""
    began = time.monotonic()
    pages = Paginator(search.palette(request, term) if term else [], search.MORE)
    try:
        results = pages.page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
    context = {
        "results": results,
        "page_obj": pages,
        "page_counter": results.start_index() - 1,
        "execution_time": time.monotonic() - began,
    }
    answer = render(request, "unfold/helpers/command_results.html", context)
    answer.headers["HX-Trigger"] = "search"
    return answer


@never_cache
def to_the_door(request: HttpRequest) -> HttpResponse:
    """The admin's own sign-in gives way to the one with the throttle and the second step."""
    if request.user.is_authenticated:
        return render(request, "403.html", status=403)
    return redirect_to_login(request.GET.get("next", reverse("admin:index")), reverse("account_login"))


def closed(_request: HttpRequest) -> HttpResponse:
    """A page of a library that is not ours to offer: one's address is changed by an administrator, on the record."""
    raise Http404


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out, and back to the door."""
    logout(request)
    return redirect("account_login")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: usually a tab left open over night."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus's figures, for whoever sends METRICS_TOKEN as bearer; without one set there is no such page."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not constant_time_compare(
        request.headers.get("Authorization", ""), expected
    ):
        raise Http404
    return cast("HttpResponse", ExportToDjangoView(request))
