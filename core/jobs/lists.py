"""The list of jobs."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django_filters.filters import ChoiceFilter, DateFilter
from django_filters.filterset import FilterSet

from core.accounts.models import User
from core.jobs.kinds import kind_choices
from core.jobs.models import Job, JobStatus
from core.lists.cells import Badge, Tone
from core.lists.definition import Column, EmptyState, ListDefinition

TONES: dict[str, Tone] = {
    JobStatus.QUEUED: "neutral",
    JobStatus.RUNNING: "info",
    JobStatus.DONE: "success",
    JobStatus.FAILED: "danger",
    JobStatus.CANCELLED: "warning",
}


class JobFilter(FilterSet):
    """By status, kind and day."""

    status = ChoiceFilter(choices=JobStatus.choices)
    kind = ChoiceFilter(choices=kind_choices)
    since = DateFilter(
        field_name="created_at", lookup_expr="date__gte", label="Asked for since", help_text="YYYY-MM-DD"
    )


def jobs_for(user: User) -> QuerySet[Job]:
    """All jobs for those who may see them; one's own for everybody else."""
    jobs = Job.objects.defer("args", "checkpoint", "result")
    return jobs if user.has_perm("jobs.view_job") else jobs.filter(actor_user_id=user.pk)


def _search(jobs: QuerySet[Job], term: str) -> QuerySet[Job]:
    return jobs.filter(
        Q(title__icontains=term) | Q(subject_label__icontains=term) | Q(actor_label__icontains=term)
    )


def _progress(job: Job) -> str:
    if job.percent is None:
        return f"{job.done:,} done" if job.done else ""
    return f"{job.percent} %"


JOBS = ListDefinition[Job](
    key="jobs",
    title="Jobs",
    selector=jobs_for,
    columns=(
        Column("title", "Job", str),
        Column("status", "Status", lambda job: Badge(job.get_status_display(), TONES[job.status])),
        Column("progress", "Progress", _progress),
        Column("asked_by", "Asked by", lambda job: job.actor_label),
        Column("created_at", "Asked for", lambda job: job.created_at, sort="created_at"),
        Column("started_at", "Started", lambda job: job.started_at, default=False),
        Column("finished_at", "Ended", lambda job: job.finished_at),
        Column("error", "Error", lambda job: job.error, default=False),
    ),
    default_sort="-created_at",
    filterset_class=JobFilter,
    search=_search,
    search_hint="Search jobs, subjects and people",
    row_url=Job.get_absolute_url,
    nouns=("job", "jobs"),
    empty=EmptyState(
        "No job has run yet.", "Syncs, imports and exports appear here while they run and afterwards."
    ),
)
