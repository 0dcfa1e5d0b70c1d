"""The list of past uploads."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django_filters.filters import CharFilter, ChoiceFilter, DateFilter
from django_filters.filterset import FilterSet

from core.imports.access import UPLOAD, VIEW
from core.imports.enums import Outcome, Question, RowState, RunStatus
from core.imports.models import ImportRun
from core.imports.selectors import runs_for
from core.imports.types import all_uploads
from core.lists.cells import Badge, Link, Tone
from core.lists.definition import Column, EmptyState, ListDefinition, PageButton
from core.words import money

TONES: dict[str, Tone] = {
    RunStatus.UPLOADED: "neutral",
    RunStatus.PARSING: "info",
    RunStatus.PARSED: "info",
    RunStatus.PROCESSING: "info",
    RunStatus.PAUSED: "warning",
    RunStatus.DONE: "success",
    RunStatus.FAILED: "danger",
    RunStatus.CANCELLED: "neutral",
    RunStatus.UNDOING: "info",
}


class UploadFilter(FilterSet):
    """By type, status, who and day."""

    type = ChoiceFilter(choices=lambda: [(upload.name, upload.title) for upload in all_uploads()])
    status = ChoiceFilter(choices=RunStatus.choices)
    who = CharFilter(field_name="asked_by_label", lookup_expr="icontains", label="Uploaded by")
    day = DateFilter(field_name="created_at", lookup_expr="date", label="Uploaded on", help_text="YYYY-MM-DD")


def title_of(run: ImportRun) -> str:
    """The type of an upload in words."""
    titles = {upload.name: upload.title for upload in all_uploads()}
    return titles.get(run.type, run.type)


def status_badge(run: ImportRun) -> Badge:
    """Where it is, and what it waits for."""
    if run.status == RunStatus.UPLOADED:
        return Badge("Has a question" if run.question != Question.NONE else "Waiting to be read", "warning")
    return Badge(run.get_status_display(), TONES[run.status])


def cost_of(run: ImportRun) -> str:
    """What processing was foreseen to cost; blank for types that cost nothing."""
    return money(run.foreseen["cost_cents"]) if "cost_cents" in run.foreseen else ""


def _file_kept(run: ImportRun) -> object:
    return "Deleted" if run.file_deleted_at else run.kept_until


def _failed(run: ImportRun) -> int:
    return int(run.counts.get(Outcome.ERROR, 0)) + int(run.results.get(RowState.FAILED, 0))


def _search(runs: QuerySet[ImportRun], term: str) -> QuerySet[ImportRun]:
    return runs.filter(file_name__icontains=term)


NEW_UPLOAD = PageButton("Upload a file", lambda: reverse("imports:upload"), right=UPLOAD, icon="upload_file")

UPLOADS = ListDefinition[ImportRun](
    key="imports.runs",
    title="Uploads",
    selector=runs_for,
    right=VIEW,
    columns=(
        Column("number", "No.", lambda run: run.pk, sort="pk"),
        Column("file_name", "File", lambda run: Link(run.file_name, run.get_absolute_url())),
        Column("type", "Type", title_of),
        Column("who", "Uploaded by", lambda run: run.asked_by_label),
        Column("created_at", "When", lambda run: run.created_at),
        Column("status", "Status", status_badge),
        Column("rows", "Rows", lambda run: run.rows_total),
        Column("new", "New", lambda run: run.counts.get(Outcome.NEW, 0)),
        Column("update", "Updates", lambda run: run.counts.get(Outcome.UPDATE, 0)),
        Column(
            "failed",
            "Failed",
            _failed,
            help="Rows with errors, and rows that failed when they were processed",
        ),
        Column("done", "Done", lambda run: run.results.get(RowState.DONE, 0), default=False),
        Column("cost", "Cost", cost_of, help="Foreseen when its rows were last checked"),
        Column("file", "File kept until", _file_kept, default=False),
        Column("format", "Read as", lambda run: run.format, default=False),
        Column("finished_at", "Ended", lambda run: run.finished_at, default=False),
    ),
    default_sort="-number",
    filterset_class=UploadFilter,
    search=_search,
    search_hint="Search file names",
    row_url=ImportRun.get_absolute_url,
    buttons=(NEW_UPLOAD,),
    nouns=("upload", "uploads"),
    empty=EmptyState(
        "Nothing has been uploaded yet.",
        "Onboard, assign, appoint or terminate many producers with one file: it is read and shown to you first, "
        "and nothing changes until you say so.",
        NEW_UPLOAD,
    ),
)
