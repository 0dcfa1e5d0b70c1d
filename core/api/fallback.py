"""Answers for what never reaches a view (``handler400`` to ``handler500``): problems for programs, pages for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from core.api.problems import problem_response

PREFIXES = ("/api/", "/oauth/", "/producersync/")


def is_api(request: HttpRequest) -> bool:
    """Whether a program rather than a person asked."""
    return request.path.startswith(PREFIXES)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what the server refuses to read."""
    if is_api(request):
        return problem_response(400, "bad_request", "The request cannot be read.")
    return defaults.bad_request(request, exception)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 from outside of a view."""
    if is_api(request):
        return problem_response(403, "not_allowed", "This is not allowed.")
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for an address that does not exist."""
    if is_api(request):
        return problem_response(404, "not_found", "There is nothing here; /api/schema/ lists what there is.")
    return defaults.page_not_found(request, exception)


def breakdown(request: HttpRequest) -> HttpResponse:
    """500, with the id under which the log has the reason."""
    if is_api(request):
        detail = "Something went wrong on our side. Quote the request_id when you report it."
        return problem_response(500, "server_error", detail)
    return defaults.server_error(request)
