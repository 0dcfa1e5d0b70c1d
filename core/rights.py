"""What whoever acts may do now. Asked again at each step: jobs and uploads wait for hours or days, and rights go."""

from __future__ import annotations

from core.access import has_right, require_right
from core.accounts.models import User
from core.actor import Actor
from core.api.principals import ApiClient
from core.api.scopes import granted_to
from core.errors import NotAllowed
from core.state_table import HasRight, any_right


def rights_of(actor: Actor) -> HasRight:
    """The rights of the person or the client behind an actor. Tasks may do anything."""
    if actor.client_id:
        return ApiClient(actor.client_id, actor.label, granted_to(actor.client_id)).has_perm
    if actor.user_id is None:
        return any_right
    user = _person(actor.user_id)
    return lambda right: user is not None and has_right(user, right)


def require(actor: Actor, *rights: str) -> None:
    """Raise NotAllowed, naming the right, unless whoever acts holds all of them."""
    wanted = [right for right in rights if right]
    if actor.client_id:
        may = rights_of(actor)
        for right in wanted:
            if not may(right):
                raise NotAllowed(
                    right, f"The API client behind “{actor.label}” may not do this; it has no scope for it."
                )
    elif actor.user_id is not None:
        user = _person(actor.user_id)
        for right in wanted:
            if user is None:
                raise NotAllowed(right, f"{actor.label}, who asked for this, has no access any more.")
            require_right(user, right)


def _person(user_id: int) -> User | None:
    return User.objects.filter(pk=user_id, is_active=True).first()
