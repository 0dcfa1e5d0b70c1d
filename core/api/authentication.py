"""A client signs in with its bearer token. It stands where views expect a user, with its scopes for rights."""

from __future__ import annotations

from oauth2_provider.contrib.rest_framework.authentication import OAuth2Authentication
from oauth2_provider.models import AbstractAccessToken
from rest_framework.request import Request

from core.api.principals import ApiClient


class ClientAuthentication(OAuth2Authentication):
    """OAuth 2 bearer tokens of the client-credentials grant."""

    www_authenticate_realm = "api"

    def authenticate(self, request: Request) -> tuple[ApiClient, AbstractAccessToken] | None:
        """The client and its token; None for other ways to sign in."""
        # Django's own request: the framework's would have the body parsed before it is known who sends it.
        found = super().authenticate(getattr(request, "_request", request))  # type: ignore[no-untyped-call]
        if found is None:
            return None
        token: AbstractAccessToken = found[1]
        application = token.application
        if application is None:
            return None
        return ApiClient(application.client_id, application.name, frozenset(token.scopes)), token
