"""An upload, its rows, its file, and what is remembered of how headers are meant."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock
from core.actor import Actor, ActorKind
from core.crypto import EncryptedBytesField, EncryptedTextField
from core.imports.enums import Outcome, Question, RowState, RunStatus

ENGINE_COLUMNS = ("upload_row", "reason")
"""Columns of the file of failed rows, which every type takes: where a row came from (``12:7``), and what was wrong."""


class ImportRun(models.Model):
    """One upload of one file, from the file to the outcome of each row."""

    type = models.CharField(max_length=30)
    """The name of an ``Upload``."""
    file_name = models.CharField(max_length=200)
    file_size = models.PositiveIntegerField()
    """In bytes."""
    fingerprint = models.CharField(max_length=64)
    """Keyed hash of type and content: equal for the same file. Keyed, since a small file could be guessed."""
    format = models.CharField(max_length=100, blank=True, default="")
    """How the file was read, for people: ``CSV, UTF-8, semicolons`` or ``XLSX, sheet “template”``."""
    headers = models.JSONField(default=list)
    """The headers as they stand in the file."""
    columns = models.JSONField(default=list)
    """For each header the column it is taken for; blank for one that is only kept."""
    chosen = models.JSONField(default=dict)
    """``{header: column or ""}`` as somebody said for this file."""
    options = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    """Sentences about the file as a whole."""

    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.UPLOADED)
    question = models.CharField(max_length=10, choices=Question.choices, blank=True, default=Question.NONE)
    message = models.CharField(max_length=500, blank=True, default="")
    """Why it failed, or what should be known about how it ended."""
    job_id = models.UUIDField(null=True, blank=True)
    """The job that reads, processes or undoes it now, or did last. Only that job writes for it."""
    check_due = models.BooleanField(default=True)
    """Whether rows have to be judged, or judged again, before they may be processed."""

    rows_total = models.PositiveIntegerField(default=0)
    """Rows of the file without the blank ones."""
    counts = models.JSONField(default=dict)
    """``{outcome: rows}`` as judged."""
    results = models.JSONField(default=dict)
    """``{"done", "failed", "undone": rows}`` of what was processed, and further counts of the type's own."""
    foreseen = models.JSONField(default=dict)
    """What processing would cost: ``{"transactions", "cost_cents", "billed_later"}``, where the type has any."""
    confirmed_cents = models.BigIntegerField(null=True, blank=True)
    """The cost that somebody agreed to when they asked for processing."""

    asked_by_kind = models.CharField(max_length=12, choices=ActorKind.choices)
    asked_by_user_id = models.BigIntegerField(null=True, blank=True)
    asked_by_client_id = models.CharField(max_length=100, blank=True, default="")
    asked_by_label = models.CharField("uploaded by", max_length=200)
    acting_kind = models.CharField(max_length=12, choices=ActorKind.choices, blank=True, default="")
    acting_user_id = models.BigIntegerField(null=True, blank=True)
    acting_client_id = models.CharField(max_length=100, blank=True, default="")
    acting_label = models.CharField("processed by", max_length=200, blank=True, default="")
    """Who asked last for rows to be processed or undone. Rights, and who may not approve, go by them."""
    created_at = models.DateTimeField(default=clock.now)
    parsed_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    """When undoing was asked for. From then on nothing of it is processed any more."""
    kept_until = models.DateField()
    """On this day the file and what is left of its secrets are deleted."""
    file_deleted_at = models.DateTimeField(null=True, blank=True)
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="repeats")
    """The earlier upload of the same file."""

    class Meta:
        verbose_name = "upload"
        default_permissions = ("add", "view")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["fingerprint"], name="imports_same_file"),
            models.Index(fields=["status", "-id"], name="imports_run_status"),
            models.Index(fields=["type", "-id"], name="imports_run_type"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="imports_run_status_known"),
            models.CheckConstraint(condition=Q(question__in=Question.values), name="imports_question_known"),
            models.CheckConstraint(
                condition=Q(asked_by_kind__in=ActorKind.values), name="imports_asker_known"
            ),
            models.CheckConstraint(
                condition=Q(acting_kind__in=("", *ActorKind.values)), name="imports_actor_known"
            ),
        )

    def __str__(self) -> str:
        return f"Upload {self.pk}: {self.file_name}"

    def get_absolute_url(self) -> str:
        """The page of the upload."""
        return reverse("imports:run", args=[self.pk])

    @property
    def asked_by(self) -> Actor:
        """Who uploaded it, as they signed in."""
        kind = ActorKind(self.asked_by_kind)
        return Actor(kind, self.asked_by_user_id, self.asked_by_label, self.asked_by_client_id)

    @property
    def actor(self) -> Actor:
        """Who stands behind what it writes: the upload itself, for the person or client who asked for it."""
        label = f"Upload {self.pk} ({self.acting_label})"[:200]
        return Actor(ActorKind.IMPORT, self.acting_user_id, label, self.acting_client_id)

    @property
    def unknown_columns(self) -> list[str]:
        """Headers that are taken for no column; their cells are kept with the rows."""
        pairs = zip(self.headers, self.columns, strict=True)
        return [header for header, column in pairs if header and not column]


class FilePiece(models.Model):
    """A piece of the uploaded file, encrypted. Pieces in the order of their number are the file."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveSmallIntegerField()
    content = EncryptedBytesField()

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["run", "number"], name="imports_piece_once"),)

    def __str__(self) -> str:
        return f"Piece {self.number} of upload {self.run_id}"


class ImportRow(models.Model):
    """One row of an upload: what it says, what is wrong with it, what it would change, what became of it."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    """Where it stands in the file, as a spreadsheet counts: the header is row 1."""
    label = models.CharField(max_length=200, blank=True, default="")
    """Whom or what it is about, for people."""
    cells = models.JSONField(default=dict)
    """``{column: text}`` as in the file or as mended; of secrets no more than their last four characters."""
    extra = models.JSONField(default=dict)
    """``{header: text}`` of columns that are taken for none of ours."""
    secrets = EncryptedTextField(null=True)
    """Secret cells as JSON ``{column: text}``; emptied once they are needed no more."""
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    problems = models.JSONField(default=list)
    """``[{"level": "error" | "warning", "column", "code", "message", "value"}]``"""
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """``{column: [old, new]}`` as texts, of what it would change, or did."""
    state = models.CharField(max_length=6, choices=RowState.choices, blank=True, default=RowState.WAITING)
    effect = models.JSONField(default=dict)
    """What came of it, by ids, in the words of its type: ``{"producer": 7, "made": ["producer"]}``."""
    mended = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        ordering = ("number",)
        indexes = (models.Index(fields=["run", "outcome", "state", "number"], name="imports_row_outcome"),)
        constraints = (
            models.UniqueConstraint(fields=["run", "number"], name="imports_row_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="imports_outcome_known"),
            models.CheckConstraint(condition=Q(state__in=RowState.values), name="imports_row_state_known"),
        )

    def __str__(self) -> str:
        return f"Row {self.number}"

    def problems_of(self, level: str) -> list[dict[str, Any]]:
        """Its errors or its warnings."""
        return [problem for problem in self.problems if problem["level"] == level]


class HeaderMatch(models.Model):
    """What the organisation means by a header that says nothing to us by itself. The latest word counts."""

    type = models.CharField(max_length=30)
    header = models.CharField(max_length=200)
    """Normalised, as ``headers.normalised`` gives it."""
    column = models.CharField(max_length=60, blank=True)
    """Blank: it is to be left alone."""
    chosen_by = models.CharField(max_length=200)
    chosen_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "header matches"
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["type", "header"], name="imports_header_once"),)

    def __str__(self) -> str:
        return f"{self.header} = {self.column or 'left alone'}"
