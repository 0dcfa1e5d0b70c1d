"""Reading notices, and finding what has not been told yet."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from core.accounts.models import User
from core.notices.models import Notice

M = TypeVar("M", bound=Model)
UNREAD_CAP = 99


def notices_for(user: User) -> QuerySet[Notice]:
    """The notices that are a person's own or meant for a right the person holds."""
    if user.is_superuser:
        return Notice.objects.filter(Q(user=user) | Q(user=None))
    return Notice.objects.filter(Q(user=user) | Q(audience_right__in=user.get_all_permissions()))


def unread_count(user: User) -> int:
    """How many wait for the person; counted to just above 99."""
    return notices_for(user).filter(acknowledged_at=None).order_by()[: UNREAD_CAP + 1].count()


def not_yet_notified(rows: QuerySet[M], code: str, deadline: str | None) -> QuerySet[M]:
    """The rows about which the notice has not been told for their deadline.

    Select what is *due* and pass it here; never "exactly 30 days away", which a missed night would skip.
    ``deadline`` is the name of a date field of the rows, or None for notices without one.
    """
    told = Notice.objects.filter(
        code=code,
        subject_type=rows.model._meta.label_lower,
        subject_id=Cast(OuterRef("pk"), CharField()),
        **({"deadline": OuterRef(deadline)} if deadline else {"deadline__isnull": True}),
    )
    return rows.filter(~Exists(told))
