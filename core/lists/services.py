"""Keeping views of lists."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.access import require_right
from core.accounts.models import User
from core.errors import FieldError, InvalidInput
from core.lists.models import SavedView

SHARE = "lists.share_view"


def views_for(user: User, list_key: str) -> QuerySet[SavedView]:
    """A person's own views of a list and those shared with everybody."""
    return SavedView.objects.filter(Q(owner=user) | Q(shared=True), list_key=list_key).select_related("owner")


def save_view(user: User, list_key: str, name: str, query: str, *, shared: bool = False) -> SavedView:
    """Keep a view under a name; the same name again replaces it. Sharing with everybody is a right of its own."""
    name = name.replace("\0", "").strip()[:80]
    if not name:
        raise InvalidInput([FieldError(path="name", code="required", message="Give the view a name.")])
    if shared:
        require_right(user, SHARE)
    view, _ = SavedView.objects.update_or_create(
        list_key=list_key, owner=user, name=name, defaults={"query": query, "shared": shared}
    )
    return view


def delete_view(user: User, list_key: str, view_id: int) -> None:
    """Forget one of one's own views; those of others are left alone."""
    SavedView.objects.filter(pk=view_id, list_key=list_key, owner=user).delete()
