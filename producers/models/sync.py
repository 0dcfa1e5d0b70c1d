"""Runs of the sync, what each changed, and the alert subscriptions kept at the registry."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from producers.enums import ChangeEffect, ChangeKind, SyncRunKind, SyncRunStatus, SyncSource
from producers.models.producer import Producer


class SyncRun(models.Model):
    """One run of the sync, nightly or asked for, with its counts and cost. Progress and log live on its job."""

    kind = models.CharField(max_length=10, choices=SyncRunKind.choices)
    status = models.CharField(max_length=10, choices=SyncRunStatus.choices, default=SyncRunStatus.RUNNING)
    message = models.CharField(max_length=1000, blank=True, default="")
    """How it ended, and what to do next when it did not end well."""
    job_id = models.UUIDField(null=True, blank=True, unique=True)
    asked_by = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    """Why it was asked for; goes to the cost ledger with every call."""
    removals_accepted = models.BooleanField(default=False)
    """A person said that facts may vanish in any number."""
    claim = models.UUIDField(default=uuid.uuid4, editable=False)
    """What this run claims producers with. The same after a restart, so a killed run finds its own claims."""
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    days_read = models.JSONField(default=list, blank=True)
    """ISO days whose alert reports have been applied: a killed run goes on with the missing ones."""
    producers = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    changes = models.PositiveIntegerField(default=0)
    paid_lookups = models.PositiveIntegerField(default=0)
    cost_cents = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-started_at"])]
        constraints = [
            models.CheckConstraint(name="sync_run_kind", condition=Q(kind__in=SyncRunKind.values)),
            models.CheckConstraint(name="sync_run_status", condition=Q(status__in=SyncRunStatus.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} sync of {self.started_at:%Y-%m-%d %H:%M}"


class SyncState(models.Model):
    """What the sync remembers about one producer. Apart from the producer's own row, so that saving a form there
    cannot release a claim and claiming cannot collide with somebody's edit.
    """

    producer = models.OneToOneField(Producer, models.CASCADE, primary_key=True, related_name="sync_state")
    claim = models.UUIDField(null=True, blank=True)
    """The attempt that is working on this producer; its facts are written only while it still holds the claim."""
    claimed_until = models.DateTimeField(null=True, blank=True)
    """A claim ends here by itself: a killed worker blocks nobody for longer."""
    report_digest = models.CharField(max_length=32, blank=True, default="")
    """Digest of the full report that the current facts come from; blank once an alert changed them."""
    registry_values = models.JSONField(default=dict)
    """What the registry last said of the producer's own fields: tells a value that came from there from an edit."""
    remark = models.CharField(max_length=500, blank=True, default="")
    """What is still to be said of that report while it stays the same."""
    report_wanted = models.CharField(max_length=200, blank=True, default="")
    """Why alerts are not enough and the next nightly run looks at the full report; blank when they are."""

    class Meta:
        indexes = [
            models.Index(fields=["producer"], condition=~Q(report_wanted=""), name="sync_state_report_wanted")
        ]

    def __str__(self) -> str:
        return f"Sync state of {self.producer_id}"


class SyncItem(models.Model):
    """One producer's part in a run: its outcome, so that one bad document fails one producer and never the run."""

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="items")
    producer = models.ForeignKey(Producer, models.CASCADE, related_name="sync_items")
    source = models.CharField(max_length=15, choices=SyncSource.choices, default=SyncSource.ENTITY_REPORT)
    done_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=20, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    changes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "producer", "source"], name="one_item_a_producer_and_run")
        ]
        indexes = [models.Index(fields=["run", "done_at"])]

    def __str__(self) -> str:
        return f"{self.producer_id}: {self.status or 'waiting'}"


class Change(models.Model):
    """One difference a sync found: what, from, to, when known. Acknowledged in the Changes inbox."""

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="changes")
    run = models.ForeignKey(SyncRun, models.SET_NULL, null=True, blank=True, related_name="change_rows")
    kind = models.CharField(max_length=20, choices=ChangeKind.choices)
    effect = models.CharField(max_length=10, choices=ChangeEffect.choices)
    state = models.CharField(max_length=2, blank=True, default="")
    subject = models.CharField(max_length=250)
    """What changed, in words: ``OR Insurance Producer 99000017: Life``."""
    fields = models.JSONField(default=dict)
    """Field name -> [from, to]."""
    known_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="change_kind", condition=Q(kind__in=ChangeKind.values)),
            models.CheckConstraint(name="change_effect", condition=Q(effect__in=ChangeEffect.values)),
        ]
        indexes = [
            models.Index(fields=["-known_at", "-id"]),
            models.Index(
                fields=["-known_at", "-id"],
                condition=Q(acknowledged_at__isnull=True),
                name="change_unacknowledged",
            ),
            models.Index(fields=["producer", "-known_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_effect_display().lower()}"


class AlertSubscription(models.Model):
    """A subscription kept at the registry: at most 500 producers each."""

    name = models.CharField(max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_report_day = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class AlertTarget(models.Model):
    """A producer the registry watches for us, in one subscription."""

    subscription = models.ForeignKey(AlertSubscription, models.CASCADE, related_name="targets")
    producer = models.OneToOneField(Producer, models.CASCADE, related_name="alert_target")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.producer_id}"
