"""How often one caller may call; others are not touched by it."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.accounts.models import User
from core.api.principals import ApiClient


class CallerThrottle(SimpleRateThrottle):
    """One budget a client, a person, or an address (for strangers); above it 429 with Retry-After."""

    scope = "caller"

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Whose budget it is."""
        caller: object = request.user
        if isinstance(caller, ApiClient):
            return f"throttle-client-{caller.client_id}"
        if isinstance(caller, User):
            return f"throttle-user-{caller.pk}"
        return f"throttle-address-{self.get_ident(request)}"
