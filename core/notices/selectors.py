"""Reading notices."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.accounts.models import User
from core.notices.models import Notice

UNREAD_CAP = 99


def notices_for(user: User) -> QuerySet[Notice]:
    """The notices that are a person's own or meant for a right the person holds."""
    if user.is_superuser:
        return Notice.objects.filter(Q(user=user) | Q(user=None))
    return Notice.objects.filter(Q(user=user) | Q(audience_right__in=user.get_all_permissions()))


def unread_count(user: User) -> int:
    """How many wait for the person; counted to just above 99."""
    return notices_for(user).filter(acknowledged_at=None).order_by()[: UNREAD_CAP + 1].count()
