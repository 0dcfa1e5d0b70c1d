"""The cost ledger: one row for every call to the registry."""

from __future__ import annotations

from django.db import models


class RegistryCall(models.Model):
    """A call to the registry: what it was, what it cost, who wanted it and why.

    The row is written before the call leaves, so a process that dies on the way leaves a ``pending`` row behind and no
    bill without an explanation. Free calls are rows too, at zero.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", "Under way"
        ANSWERED = "answered", "Answered"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Failed"
        UNKNOWN = "unknown", "Unknown"

    service = models.CharField(max_length=40)
    operation = models.CharField(max_length=60)
    npn = models.CharField("NPN", max_length=10, blank=True)
    price_cents = models.PositiveIntegerField("price in cents", default=0)
    at = models.DateTimeField(db_index=True)
    asked_by_kind = models.CharField(max_length=20, blank=True)
    asked_by_label = models.CharField("asked by", max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    duration_ms = models.PositiveIntegerField("duration in ms", null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = "registry call"
        constraints = [
            models.CheckConstraint(
                name="nipr_call_known_outcome",
                condition=models.Q(outcome__in=["pending", "answered", "refused", "failed", "unknown"]),
            ),
        ]
        indexes = [
            models.Index(fields=["npn", "-at"], name="nipr_call_npn"),
            models.Index(
                fields=["-at"], name="nipr_call_paid", condition=models.Q(price_cents__gt=0)
            ),  # the monthly bill reads the few paid rows among the many free ones
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.npn}".strip()
