"""A job's row is the record of it; the queue carries only its id."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from core import clock
from core.actor import Actor, ActorKind


class JobStatus(models.TextChoices):
    """Where a job is."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)
IS_OPEN = Q(status__in=[status.value for status in OPEN])


class Job(models.Model):
    """One piece of background work.

    A worker holds a running job by a lease that it keeps extending. ``run_number`` counts the claims: whoever writes
    to the row names the run it belongs to, so a worker that was paused past its lease can no longer write.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    subject_label = models.CharField(max_length=200, blank=True, default="")
    args = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    status = models.CharField(max_length=10, choices=JobStatus.choices, default=JobStatus.QUEUED)

    actor_kind = models.CharField(max_length=12, choices=ActorKind.choices)
    actor_user_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)

    dedupe_key = models.CharField(max_length=200, blank=True, default="")
    """Among open jobs only one may carry it: asking again while one is under way gives that one."""
    period_key = models.CharField(max_length=200, blank=True, default="")
    """Among all jobs ever only one may carry it: what beat starts once a period, however many beats there are."""

    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(default=timezone.now)
    """When its message last went to the queue. This and the lease go by the machine's own clock."""
    sends = models.PositiveSmallIntegerField(default=1)
    lease_until = models.DateTimeField(null=True)
    run_number = models.PositiveIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)
    """How often in a row a worker died or vanished over it."""
    worker = models.CharField(max_length=200, blank=True, default="")
    cancel_requested_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=200, blank=True, default="")

    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    counts = models.JSONField(default=dict)
    checkpoint = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """What a resumable kind needs to go on from where it was."""
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    error = models.TextField(blank=True, default="")

    class Meta:
        default_permissions = ("view",)
        permissions = (("control_job", "Can retry and cancel jobs"),)
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="jobs_newest"),
            models.Index(fields=["kind", "-created_at"], name="jobs_kind"),
            models.Index(fields=["status", "lease_until"], name="jobs_open", condition=IS_OPEN),
        )
        constraints = (
            models.CheckConstraint(condition=Q(status__in=JobStatus.values), name="jobs_status_known"),
            models.CheckConstraint(condition=Q(actor_kind__in=ActorKind.values), name="jobs_actor_known"),
            models.UniqueConstraint(
                fields=["dedupe_key"], condition=IS_OPEN & ~Q(dedupe_key=""), name="jobs_one_open_a_key"
            ),
            models.UniqueConstraint(
                fields=["period_key"], condition=~Q(period_key=""), name="jobs_one_a_period"
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} · {self.subject_label}" if self.subject_label else self.title

    def get_absolute_url(self) -> str:
        """The live page of the job."""
        return reverse("jobs:detail", args=[self.pk])

    @property
    def actor(self) -> Actor:
        """Who asked for it."""
        return Actor(ActorKind(self.actor_kind), self.actor_user_id, self.actor_label)

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.status in OPEN

    @property
    def percent(self) -> int | None:
        """How far it is; None while it cannot say."""
        if self.status == JobStatus.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def duration(self) -> timedelta | None:
        """How long it ran, or has been running."""
        return (self.finished_at or clock.now()) - self.started_at if self.started_at else None


class JobLog(models.Model):
    """One line that a job wrote."""

    class Level(models.TextChoices):
        """How much it matters."""

        INFO = "info", "Info"
        WARNING = "warning", "Warning"
        ERROR = "error", "Error"

    job = models.ForeignKey(Job, models.CASCADE, related_name="log")
    at = models.DateTimeField(default=clock.now)
    level = models.CharField(max_length=7, choices=Level.choices, default=Level.INFO)
    text = models.TextField()

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        indexes = (models.Index(fields=["job", "id"], name="jobs_log_of_job"),)

    def __str__(self) -> str:
        return self.text
