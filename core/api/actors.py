"""The actor behind an API request, for the services its view calls."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from core.accounts.models import User
from core.actor import Actor
from core.api.principals import ApiClient


def actor_of_request(request: Request | HttpRequest) -> Actor:
    """The client or the person who called."""
    caller: object = request.user
    if isinstance(caller, ApiClient):
        return Actor.api_client(caller.client_id, caller.name)
    if isinstance(caller, User):
        return Actor.person(caller)
    raise NotAuthenticated
