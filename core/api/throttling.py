"""How often one caller may call; others are not touched by it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.accounts.models import User
from core.api.principals import ApiClient


class CallerThrottle(SimpleRateThrottle):
    """One budget a client, a person, or an address (for strangers); above it 429 with Retry-After.

    Two counters instead of the framework's list of moments: what was used in the minute before still counts for as
    much of it as lies within the last sixty seconds. The cost of a call does not grow with the budget.
    """

    scope = "caller"
    duration: int
    num_requests: int

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Whose budget it is."""
        caller: object = request.user
        if isinstance(caller, ApiClient):
            return f"throttle-client-{caller.client_id}"
        if isinstance(caller, User):
            return f"throttle-user-{caller.pk}"
        return f"throttle-address-{self.get_ident(request)}"

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the call, unless the budget is used up."""
        caller = self.get_cache_key(request, view)
        period, into = divmod(self.timer(), self.duration)
        current, last = f"{caller}-{period:.0f}", f"{caller}-{period - 1:.0f}"
        calls = self.cache.get_many([current, last])
        self.left = self.duration - into
        self.now_used, self.used_before = int(calls.get(current, 0)), int(calls.get(last, 0))
        if self.now_used + self.used_before * self.left / self.duration >= self.num_requests:
            return False
        if not self.cache.add(current, 1, self.duration * 2):
            with suppress(ValueError):  # a cache that is full may have dropped the counter this moment
                self.cache.incr(current)
        return True

    def wait(self) -> float:
        """Seconds until the budget has room again: one more than enough, never none."""
        room = self.num_requests - self.now_used
        if room <= 0:
            return self.left + 1
        return self.left - room * self.duration / self.used_before + 1
