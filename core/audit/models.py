"""The audit trail: one row for each thing done, never changed and never deleted."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core.actor import Actor, ActorKind
from core.errors import Conflict


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Reads and appends; the database has a trigger for whoever goes past it."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise _append_only()

    def delete(self) -> NoReturn:
        """Refused."""
        raise _append_only()


class AuditEntry(models.Model):
    """One action. ``operation_id`` joins the rows of one operation; ``request_id`` leads to its log lines.

    Subject and actor are kept as values, not as foreign keys: the row must still read true when they are gone.
    """

    at = models.DateTimeField(editable=False)
    action = models.CharField(max_length=100)
    actor_kind = models.CharField(max_length=12, choices=ActorKind.choices)
    actor_user_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=100, blank=True, default="")
    subject_id = models.CharField(max_length=64, blank=True, default="")
    subject_label = models.CharField(max_length=200, blank=True, default="")
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    reason = models.TextField(blank=True, default="")
    operation_id = models.UUIDField(default=uuid.uuid4)
    request_id = models.CharField(max_length=64, blank=True, default="")

    objects: ClassVar[models.Manager[AuditEntry]] = models.Manager.from_queryset(AuditQuerySet)()

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        default_permissions = ("view",)
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
            models.Index(fields=["operation_id"], name="audit_operation"),
            models.Index(fields=["action", "-id"], name="audit_action"),
            models.Index(fields=["actor_user_id", "-id"], name="audit_actor"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(actor_kind__in=ActorKind.values), name="audit_actor_kind_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} by {self.actor_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; a second save is refused."""
        if not self._state.adding:
            raise _append_only()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise _append_only()

    @property
    def actor(self) -> Actor:
        """The actor as a value."""
        return Actor(ActorKind(self.actor_kind), self.actor_user_id, self.actor_label)

    @property
    def action_words(self) -> str:
        """``producer.ssn_revealed`` as people read it: “Producer: ssn revealed”."""
        subject, _, verb = self.action.replace("_", " ").partition(".")
        return f"{subject.capitalize()}: {verb}" if verb else subject.capitalize()

    @property
    def changed(self) -> list[tuple[str, str, str]]:
        """Field, before and after, in words; absent reads “–”."""
        return [
            (name.replace("_", " "), *(_in_words(value) for value in pair))
            for name, pair in self.changes.items()
        ]


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "–"
    return "–" if value in (None, "") else str(value)


def _append_only() -> Conflict:
    return Conflict(
        "Audit entries are never changed or deleted.", "Record a further entry instead.", code="append_only"
    )
