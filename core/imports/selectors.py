"""Uploads and their rows, read with names."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from core.accounts.models import User
from core.api.principals import ApiClient
from core.errors import DomainError
from core.imports import parsing, stored
from core.imports.access import UPLOAD, VIEW
from core.imports.enums import WORTH_PROCESSING, Outcome, RowState, RunStatus
from core.imports.headers import Matched, match
from core.imports.models import ImportRow, ImportRun
from core.imports.transitions import RUNS
from core.imports.types import upload_named
from core.state_table import HasRight

FAILED_ROWS = Q(outcome=Outcome.ERROR) | Q(state=RowState.FAILED)
"""The rows of the file of failed rows: in error, or refused when they were processed."""


def runs_for(user: User | ApiClient | AnonymousUser) -> QuerySet[ImportRun]:
    """The uploads that somebody may see: all, or none. Doing something with one takes the right of its type."""
    return ImportRun.objects.all() if user.has_perm(VIEW) else ImportRun.objects.none()


def row_counts(run: ImportRun) -> dict[str, dict[str, int]]:
    """``{"outcomes": {outcome: rows}, "states": {"done" | "failed" | "undone": rows}}`` as the rows stand now."""
    outcomes, states = stored.counted(run)
    return {"outcomes": {outcome.value: outcomes.get(outcome, 0) for outcome in Outcome}, "states": states}


def failed_rows(run: ImportRun) -> QuerySet[ImportRow]:
    """Its rows for the file of failed rows, in their order."""
    return stored.rows_of(run).filter(FAILED_ROWS).order_by("number")


def matched(run: ImportRun) -> Matched:
    """How its headers are understood now, with suggestions; nothing before its file was opened."""
    resource = upload_named(run.type).resource
    return match(run.headers, resource, remembered=parsing.remembered(run.type), chosen=run.chosen or None)


def may(run: ImportRun, event: str, has_right: HasRight) -> bool:
    """Whether somebody with these rights can make the move now: an event of ``RUNS``, or ``mend``."""
    upload = upload_named(run.type)
    needed = upload.rights(run.options) if event in {"process", "undo"} else [upload.right]
    if not all(has_right(right) for right in (UPLOAD, *needed)):
        return False
    if event == "undo" and not upload.can_be_undone:
        return False
    if event == "mend" and not run.parsed_at:
        return False
    if (
        event == "process"
        and run.status == RunStatus.PARSED
        and not any(map(run.counts.get, WORTH_PROCESSING))
    ):
        return False
    try:
        RUNS.move(run, "parse" if event == "mend" else event, has_right)
    except DomainError:
        return False
    return True
