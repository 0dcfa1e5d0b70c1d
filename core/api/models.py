"""What each client may do, and the answers kept for requests that may come twice."""

from __future__ import annotations

from django.db import models
from oauth2_provider.settings import oauth2_settings


class ClientScopes(models.Model):
    """The scopes of a client. They belong to it: a token cannot be asked for more."""

    application = models.OneToOneField(
        oauth2_settings.APPLICATION_MODEL, models.CASCADE, related_name="granted", primary_key=True
    )
    scopes = models.CharField(max_length=100, help_text="Separated by spaces: read write submit")

    class Meta:
        verbose_name = "scopes of an API client"
        verbose_name_plural = "scopes of API clients"

    def __str__(self) -> str:
        return self.scopes


class IdempotencyKey(models.Model):
    """A POST that carried an ``Idempotency-Key``: what was asked, and the answer once there is one.

    ``leased_until`` lets the next try go ahead when the process that held the key died without an answer.
    """

    caller = models.CharField(max_length=150)
    """The client or the person: two callers may use the same key."""
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    leased_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "idempotency key"
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="one_use_of_a_key")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
