"""The number beside the bell."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.accounts.models import User
from core.notices.selectors import unread_count


def notices(request: HttpRequest) -> dict[str, Any]:
    """``unread_notices``: counted only on pages that show it."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_staff:
        return {"unread_notices": 0}
    return {"unread_notices": SimpleLazyObject(lambda: unread_count(user))}
