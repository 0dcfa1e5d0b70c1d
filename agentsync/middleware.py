"""Headers of every answer, and how long a sign-in lasts."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django_structlog.middlewares import RequestMiddleware

from agentsync.signin import client_address

SIGNED_IN_AT = "signed_in_at"
TOUCHED_AT = "touched_at"
TOUCH_EVERY_SECONDS = 60


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere; the admin's scripts need a wider one under /admin/ only."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith("/admin/"):
            parts.replace = {**settings.BACK_OFFICE_POLICY, **(parts.replace or {})}
        return parts


class PrivatePagesMiddleware:
    """What a signed-in person saw is not kept by caches, nor shown by the Back button after signing out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers["Cache-Control"] = "no-store, private"
        return response


class RequestLogMiddleware(RequestMiddleware):
    """A line for each request, by its path alone: people type names and tax numbers into a search.

    It names the address our own proxy saw. The library would believe what a client says of itself.
    """

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(ip=client_address(request))

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


class SessionLifetimeMiddleware:
    """Idle sessions end after SESSION_COOKIE_AGE, all of them after SESSION_ABSOLUTE_AGE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._age(request)
        return self.get_response(request)

    def _age(self, request: HttpRequest) -> None:
        session, now = request.session, int(time.time())
        if now - session.setdefault(SIGNED_IN_AT, now) > settings.SESSION_ABSOLUTE_AGE:
            logout(request)
        elif now - session.get(TOUCHED_AT, 0) >= TOUCH_EVERY_SECONDS:
            # Saving moves the idle limit on; once a minute, so that reading pages stays free of writes.
            session[TOUCHED_AT] = now
