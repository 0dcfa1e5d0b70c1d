"""What a caller may do: a client by the scopes of its token, a person by their rights."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from core.access import require_right
from core.accounts.models import User
from core.api.principals import READ, WRITE, ApiClient
from core.errors import NotAllowed


def scopes_for(view: Any, method: str) -> list[str]:
    """The scopes a method of a view asks for; unsaid, ``read`` for reading and ``write`` for the rest."""
    method = "GET" if method in SAFE_METHODS else method
    said: dict[str, list[str]] = getattr(view, "required_scopes", {})
    return said.get(method, [READ if method == "GET" else WRITE])


class ScopePermission(BasePermission):
    """A view says ``required_scopes = {method: [scopes]}`` and ``required_rights = {method: right}``.

    A person needs to be staff and to hold the right; a change for which no right is named is refused to people, so
    that no view lets somebody in by omission.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """True, or a refusal that names what is missing; False asks for signing in."""
        method = "GET" if request.method in SAFE_METHODS else str(request.method)
        caller: object = request.user
        if getattr(caller, "is_authenticated", False) and not hasattr(view, str(request.method).lower()):
            raise MethodNotAllowed(str(request.method))
        if isinstance(caller, ApiClient):
            return self._may_client(caller, scopes_for(view, method))
        if isinstance(caller, User) and caller.is_active and caller.is_staff:
            return self._may_person(caller, getattr(view, "required_rights", {}).get(method), method)
        return False

    def _may_client(self, client: ApiClient, scopes: list[str]) -> bool:
        missing = [scope for scope in scopes if scope not in client.scopes]
        if missing:
            words = " and ".join(f"“{scope}”" for scope in missing)
            raise PermissionDenied(f"The token lacks the scope {words}.", code="insufficient_scope")
        return True

    def _may_person(self, user: User, right: str | None, method: str) -> bool:
        if right is None and method != "GET":
            raise NotAllowed("", "This is for API clients only.")
        require_right(user, right or "")
        return True
