"""What the organisation does business in, and how it talks to the gateway. All of it is set by people."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from producers.enums import AgentType


class GatewayBusinessRule(models.Model):
    """A line that the organisation does business in: (state, line, agent type), for any or some license classes."""

    state = models.CharField(max_length=2)
    loa_code = models.CharField("line code", max_length=20)
    agent_type = models.CharField(max_length=10, choices=AgentType.choices, default=AgentType.PRODUCER)
    license_class_codes = models.JSONField(null=True, blank=True)
    """The license classes it holds for; null for any."""
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["state", "agent_type", "loa_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["state", "loa_code", "agent_type"], name="one_business_rule_a_line"
            ),
            models.CheckConstraint(name="business_rule_state", condition=Q(state__regex=r"^[A-Z]{2}$")),
            models.CheckConstraint(
                name="business_rule_agent_type", condition=Q(agent_type__in=AgentType.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.loa_code} ({self.agent_type})"


class DefaultTerminationReason(models.Model):
    """The reason taken where none is given, by state: a slug of the rule book that the state accepts."""

    state = models.CharField(max_length=2, primary_key=True)
    reason = models.CharField(max_length=40)

    class Meta:
        ordering = ["state"]

    def __str__(self) -> str:
        return f"{self.state}: {self.reason}"


class GatewaySettings(models.Model):
    """How transactions leave: one row. Who signs for them, the second key, the pauses and the caps."""

    customer = models.CharField("gateway customer", max_length=20, blank=True, default="")
    entity = models.CharField("gateway entity", max_length=20, blank=True, default="")
    payment_account = models.CharField("payment account", max_length=20, blank=True, default="")
    first_name = models.CharField(max_length=60, blank=True, default="")
    last_name = models.CharField(max_length=60, blank=True, default="")
    title = models.CharField(max_length=60, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=30, blank=True, default="")
    address_line_1 = models.CharField(max_length=100, blank=True, default="")
    city = models.CharField(max_length=60, blank=True, default="")
    state = models.CharField(max_length=2, blank=True, default="")
    zip_code = models.CharField("ZIP", max_length=10, blank=True, default="")

    second_key_above_cents = models.PositiveIntegerField(
        "second key above (cents)",
        default=100_000,
        help_text="A submission that costs more is approved by a second person.",
    )
    cool_off_seconds = models.PositiveIntegerField(default=15)
    document_size = models.PositiveSmallIntegerField(default=25, validators=[MinValueValidator(1)])
    lease_seconds = models.PositiveIntegerField(default=120)
    """How long a send may take; the deadline of the call is half of it."""
    settle_seconds = models.PositiveIntegerField(default=3_600)
    """How long what NIPR has received may stay invisible: before that, “not received” is not believed."""
    polling = models.BooleanField("polling is switched on for the account", default=False)
    automatic_unknowns = models.BooleanField(null=True, blank=True)
    """Whether unknown outcomes are asked about and settled without a person. Null: only with the simulator."""
    conformance_passed_at = models.DateTimeField(null=True, blank=True)
    hourly_cap = models.PositiveIntegerField("transactions an hour at most", default=5_000)
    hourly_cap_cents = models.PositiveIntegerField("cents an hour at most", default=10_000_000)
    sync_after_approval = models.BooleanField(
        default=True, help_text="Buy one report of a producer when its transactions are approved."
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "gateway settings"
        constraints = [models.CheckConstraint(name="gateway_settings_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return "Gateway settings"


class GatewayState(models.Model):
    """How the gateway stands: one row, locked for a moment by every claim, so that caps and marks are never raced.

    ``epoch`` and ``sends`` are compared with the send journal outside the database: a database that is behind it was
    restored, and sends nothing until a person has released it.
    """

    epoch = models.UUIDField(null=True, blank=True)
    sends = models.PositiveBigIntegerField(default=0)
    unknown_in_a_row = models.PositiveIntegerField(default=0)
    paused_since = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    """After this one document is tried. Null while paused: only a person lets it go on."""
    paused_why = models.CharField(max_length=300, blank=True, default="")
    fenced_since = models.DateTimeField(null=True, blank=True)
    fenced_why = models.CharField(max_length=300, blank=True, default="")
    cap_reached_at = models.DateTimeField(null=True, blank=True)
    cap_counts_from = models.DateTimeField(null=True, blank=True)
    """Set when a person releases a reached cap: only what left after it counts."""
    relayed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="gateway_state_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return "Gateway state"
