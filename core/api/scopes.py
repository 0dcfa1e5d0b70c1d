"""A client's scopes are its own; asking for none means asking for all of them."""

from __future__ import annotations

from typing import Any

from oauth2_provider.scopes import BaseScopes

from core.api.models import ClientScopes
from core.api.principals import SCOPES


def granted_to(client_id: str) -> frozenset[str]:
    """What a client may do now; nothing once it is gone."""
    found = ClientScopes.objects.filter(application__client_id=client_id).values_list("scopes", flat=True)
    return frozenset((found.first() or "").split())


class GrantedScopes(BaseScopes):
    """Reads what a client was granted when it was made."""

    def get_all_scopes(self) -> dict[str, str]:
        """Every scope there is, with what it is for."""
        return dict(SCOPES)

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """What this client may ask for."""
        if application is None:
            return list(SCOPES)
        granted = (
            ClientScopes.objects.filter(application_id=application.pk)
            .values_list("scopes", flat=True)
            .first()
        )
        return (granted or "").split()

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """What it gets when it names none."""
        return self.get_available_scopes(application, request)
