"""Who may ask, and who may spend by asking. Asked again of whoever acts, at each step: a job may wait for hours."""

from __future__ import annotations

from appointments import access
from core.access import has_right, require_right
from core.accounts.models import User
from core.actor import Actor
from core.api.principals import ApiClient
from core.api.scopes import granted_to
from core.errors import NotAllowed
from core.state_table import HasRight, any_right


def rights_of(actor: Actor) -> HasRight:
    """What the person or the client that acts may do now. Tasks may do anything."""
    if actor.client_id:
        return ApiClient(actor.client_id, actor.label, granted_to(actor.client_id)).has_perm
    if actor.user_id is None:
        return any_right
    user = _person(actor.user_id)
    return lambda right: user is not None and has_right(user, right)


def require_rights(actor: Actor, *, spends: bool) -> None:
    """Raise NotAllowed unless whoever acts may ask, and, where sending follows at once, may spend."""
    wanted = (access.PREPARE, access.SUBMIT) if spends else (access.PREPARE,)
    if actor.client_id:
        _require_of_client(actor, wanted)
    elif actor.user_id is not None:
        user = _person(actor.user_id)
        for right in wanted:
            if user is None:
                raise NotAllowed(right, f"{actor.label}, who asked for this, has no access any more.")
            require_right(user, right)


def _require_of_client(actor: Actor, wanted: tuple[str, ...]) -> None:
    may = rights_of(actor)
    for right in wanted:
        if not may(right):
            raise NotAllowed(
                right, f"The API client {actor.label}, which asked for this, may not do it any more."
            )


def _person(user_id: int) -> User | None:
    return User.objects.filter(pk=user_id, is_active=True).first()
