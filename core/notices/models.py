"""A notice: something about one record that somebody should see, said once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock


class Severity(models.TextChoices):
    """How much it matters."""

    INFO = "info", "For information"
    WARNING = "warning", "To do soon"
    URGENT = "urgent", "Urgent"


class Notice(models.Model):
    """One notice. (subject, deadline, code) is unique: telling it again does nothing.

    It is for one user, or for everybody who holds ``audience_right``. Acknowledging takes it off everybody's list:
    the work is the team's, and one person has taken it on.
    """

    code = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=100)
    subject_id = models.CharField(max_length=64)
    subject_label = models.CharField(max_length=200, blank=True, default="")
    deadline = models.DateField(null=True)
    """The day it is about, such as the expiration; part of the key, so that next year's is told too."""

    audience_right = models.CharField(max_length=150, blank=True, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notices")
    severity = models.CharField(max_length=7, choices=Severity.choices, default=Severity.INFO)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True, default="")
    url = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    by_mail = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="acknowledged_notices"
    )
    closed_because = models.CharField(max_length=200, blank=True, default="")
    """Why it was taken off the list without anybody acknowledging it."""

    class Meta:
        default_permissions = ("view",)
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="notices_newest"),
            models.Index(
                fields=["audience_right", "user"],
                condition=Q(acknowledged_at__isnull=True),
                name="notices_unread",
            ),
            models.Index(
                fields=["id"], condition=Q(by_mail=True, mailed_at__isnull=True), name="notices_to_mail"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "code", "deadline"], name="notices_told_once"
            ),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "code"],
                condition=Q(deadline__isnull=True),
                name="notices_told_once_without_deadline",
            ),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="notices_severity_known"),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(audience_right=""), name="notices_have_an_audience"
            ),
        )

    def __str__(self) -> str:
        return self.title


class NoticeMatter(models.Model):
    """One thing that a notice told, so that each is told once even where one notice tells of hundreds.

    What has a deadline is never told again for it. What has none may end and come back, and is told again then.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="matters")
    code = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    """What it is about, by what stays the same over versions: ``license:12/OR/889001/1//0``."""
    deadline = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    """Since when it is no longer so. A notice of which nothing is so any more closes by itself."""

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=["code"], condition=Q(ended_at__isnull=True), name="notice_matters_standing"),
        )
        constraints = (
            models.UniqueConstraint(fields=["code", "subject", "deadline"], name="notice_matters_told_once"),
            models.UniqueConstraint(
                fields=["code", "subject"],
                condition=Q(deadline__isnull=True, ended_at__isnull=True),
                name="notice_matters_standing_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"


class NoticeRound(models.Model):
    """When each watch last looked. Its row is locked while it does, so that two rounds never tell the same."""

    watch = models.CharField(max_length=60, primary_key=True)
    looked_at = models.DateTimeField(default=clock.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.watch
