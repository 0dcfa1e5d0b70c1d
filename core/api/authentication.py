"""A client signs in with its bearer token. It stands where views expect a user, with its scopes for rights."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.http import HttpRequest, QueryDict
from oauth2_provider.contrib.rest_framework.authentication import OAuth2Authentication
from oauth2_provider.models import AbstractAccessToken
from rest_framework.request import Request

from core.api.principals import ApiClient


class ClientAuthentication(OAuth2Authentication):
    """OAuth 2 bearer tokens of the client-credentials grant."""

    www_authenticate_realm = "api"

    def authenticate(self, request: Request) -> tuple[ApiClient, AbstractAccessToken] | None:
        """The client and its token; None for other ways to sign in."""
        plain: Any = getattr(request, "_request", request)
        bare = _without_body(plain)
        found = super().authenticate(bare)  # type: ignore[no-untyped-call]
        plain.oauth2_error = getattr(bare, "oauth2_error", {})
        if found is None:
            return None
        token: AbstractAccessToken = found[1]
        application = token.application
        if application is None:
            return None
        return ApiClient(application.client_id, application.name, frozenset(token.scopes)), token


def _without_body(request: HttpRequest) -> HttpRequest:
    """The same request with nothing in it: whoever sends it has to be known before a byte of a file is read."""
    bare = copy(request)
    bare.POST = QueryDict()
    return bare
