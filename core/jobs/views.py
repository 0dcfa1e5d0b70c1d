"""The live page of a job."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core.access import actor_of, back_office_page, has_right, render_page, signed_in
from core.errors import DomainError
from core.jobs import services, transitions
from core.jobs.lists import JOBS, TONES, jobs_for
from core.jobs.models import Job
from core.lists.cells import Badge, on_screen
from core.lists.views import list_view

#: Lines of the log on the page; the latest ones.
LOG_LINES = 200

job_list = list_view(JOBS)


@back_office_page()
def job_page(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """Progress, counts, log, failures and result; it follows the job while that is open."""
    job = _job(request, job_id)
    context = _live(job) | {
        "may_cancel": _may(request, job, "cancel"),
        "may_retry": _may(request, job, "retry"),
    }
    return render_page(request, "core/jobs/job.html", context, str(job))


@back_office_page()
def job_progress(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """The part of the page that changes. Once the job has ended, the whole page is loaded again."""
    job = _job(request, job_id)
    if not job.is_open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "core/jobs/progress.html", _live(job))


@require_POST
@back_office_page()
def job_retry(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """Try a failed or cancelled job again."""
    return _control(request, job_id, services.retry, "It will be tried again.")


@require_POST
@back_office_page()
def job_cancel(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """Take a job back, or ask it to stop."""
    return _control(request, job_id, services.cancel, "Asked it to stop. What is done stays done.")


def _job(request: HttpRequest, job_id: UUID) -> Job:
    return get_object_or_404(jobs_for(signed_in(request)), pk=job_id)


def _control(request: HttpRequest, job_id: UUID, change: Any, said: str) -> HttpResponseBase:
    job = _job(request, job_id)
    try:
        change(job, actor=actor_of(request))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(job)


def _may(request: HttpRequest, job: Job, event: str) -> bool:
    user = signed_in(request)
    mine = job.actor_user_id == user.pk
    moves = transitions.JOBS.allowed(job, lambda right: mine or has_right(user, right))
    return any(move.event == event for move in moves)


def _live(job: Job) -> dict[str, Any]:
    counts = {name.replace("_", " "): value for name, value in job.counts.items() if name != "cost_cents"}
    cents = job.counts.get("cost_cents")
    return {
        "job": job,
        "badge": on_screen(Badge(job.get_status_display(), TONES[job.status])),
        "counts": counts,
        "cost": None if cents is None else f"${cents / 100:,.2f}",
        "log": list(job.log.order_by("-id")[:LOG_LINES])[::-1],
        "result": [(name.replace("_", " "), value) for name, value in job.result.items()],
    }
