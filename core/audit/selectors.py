"""Reading the audit trail."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet

from core.accounts.models import User
from core.audit.models import AuditEntry


def history_for(record: models.Model) -> QuerySet[AuditEntry]:
    """Everything done to one record, newest first."""
    return AuditEntry.objects.filter(
        subject_type=record._meta.label_lower, subject_id=str(record.pk)
    ).order_by("-id")


def trail(user: User) -> QuerySet[AuditEntry]:
    """The whole trail, for those who may read it."""
    return AuditEntry.objects.all() if user.has_perm("audit.view_auditentry") else AuditEntry.objects.none()
