from __future__ import annotations

from django.db.models import TextChoices
from import_export.results import RowResult


class RunStatus(TextChoices):
    """Where an upload is."""

    UPLOADED = "uploaded", "Uploaded"
    PARSING = "parsing", "Reading"
    PARSED = "parsed", "Ready to review"
    PROCESSING = "processing", "Processing"
    PAUSED = "paused", "Paused"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    UNDOING = "undoing", "Being undone"


AT_WORK = (RunStatus.PARSING, RunStatus.PROCESSING, RunStatus.UNDOING)
"""A job has it."""


class Question(TextChoices):
    """What has to be answered before an uploaded file is read."""

    NONE = "", ""
    SAME_FILE = "same_file", "This file was uploaded before"
    COLUMNS = "columns", "Columns have to be matched"


class Outcome(TextChoices):
    """What processing a row would do, or did."""

    NEW = RowResult.IMPORT_TYPE_NEW, "New"
    UPDATE = RowResult.IMPORT_TYPE_UPDATE, "Update"
    UNCHANGED = "unchanged", "Unchanged"
    ERROR = RowResult.IMPORT_TYPE_ERROR, "Error"
    SKIPPED = "skipped", "Skipped"


WORTH_PROCESSING = (Outcome.NEW, Outcome.UPDATE)


class RowState(TextChoices):
    """What processing made of a row."""

    WAITING = "", "Not processed"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    UNDONE = "undone", "Undone"


SETTLED = (RowState.DONE, RowState.UNDONE)
"""What became of such a row stays; it is not judged again."""
