"""Making API clients."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import Application

from core.actor import Actor
from core.api.models import ClientScopes
from core.api.principals import SCOPES
from core.audit import services as audit
from core.errors import FieldError, InvalidInput


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the client signs in with. The secret is shown this once; only its hash is kept."""

    client_id: str
    client_secret: str = field(repr=False)


def create_api_client(name: str, scopes: Iterable[str], *, actor: Actor) -> Credentials:
    """Make a client that may ask for these scopes and no others."""
    wanted = list(dict.fromkeys(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        message = f"Scopes are {', '.join(SCOPES)}; {unknown or 'none'} given."
        raise InvalidInput([FieldError(path="scopes", code="unknown_scope", message=message)])
    secret = generate_client_secret()
    with transaction.atomic():
        application = Application.objects.create(
            name=name,
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
            client_secret=secret,
            hash_client_secret=True,
        )
        ClientScopes.objects.create(application=application, scopes=" ".join(wanted))
        changes = {"name": [None, name], "scopes": [None, " ".join(wanted)]}
        audit.record("api_client.created", actor=actor, subject=application, changes=changes)
    return Credentials(application.client_id, secret)
