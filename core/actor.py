"""Who did it: every write names its actor, and an actor is a plain value that can travel with a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from core.accounts.models import User


class ActorKind(models.TextChoices):
    """The kinds of actor an audit entry may name."""

    PERSON = "person", "Person"
    TASK = "task", "Scheduled task"
    IMPORT = "import", "Import"
    API_CLIENT = "api_client", "API client"
    GATEWAY = "gateway", "Gateway"


@dataclass(frozen=True, slots=True)
class Actor:
    """One actor. ``label`` is what people read; ``user_id`` is set when a signed-in person stands behind it."""

    kind: ActorKind
    user_id: int | None
    label: str
    client_id: str = ""

    @classmethod
    def person(cls, user: User) -> Self:
        """A signed-in person."""
        return cls(ActorKind.PERSON, user.pk, user.get_full_name())

    @classmethod
    def task(cls, name: str) -> Self:
        """Something the product does by itself: a beat entry, a command, a reaper."""
        return cls(ActorKind.TASK, None, name)

    @classmethod
    def importing(cls, label: str, user: User | None = None, client_id: str = "") -> Self:
        """An upload being processed, with the person or the client who asked for it when one did."""
        return cls(ActorKind.IMPORT, user.pk if user else None, label, client_id)

    @classmethod
    def api_client(cls, client_id: str, label: str) -> Self:
        """A machine that signed in with client credentials."""
        return cls(ActorKind.API_CLIENT, None, label, client_id)

    @classmethod
    def gateway(cls, name: str) -> Self:
        """The far side speaking: a reply or an alert of the registry."""
        return cls(ActorKind.GATEWAY, None, name)
