"""Who may ask, and who may spend by asking."""

from __future__ import annotations

from appointments import access
from core.access import has_right, require_right
from core.accounts.models import User
from core.actor import Actor
from core.errors import NotAllowed
from core.state_table import HasRight, any_right


def rights_of(actor: Actor) -> HasRight:
    """What the person who acts may do now. Machines and tasks have been asked at the door."""
    if actor.user_id is None:
        return any_right
    user = _person(actor.user_id)
    return lambda right: user is not None and has_right(user, right)


def require_rights(actor: Actor, *, spends: bool) -> None:
    """Raise NotAllowed unless the person who acts may ask, and, where sending follows at once, may spend."""
    if actor.user_id is None:
        return
    user = _person(actor.user_id)
    for right in (access.PREPARE, access.SUBMIT) if spends else (access.PREPARE,):
        if user is None:
            raise NotAllowed(right, f"{actor.label}, who asked for this, has no access any more.")
        require_right(user, right)


def _person(user_id: int) -> User | None:
    return User.objects.filter(pk=user_id, is_active=True).first()
