"""The page of one sync run."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import actor_of, back_office_page, render_page, signed_in
from core.errors import DomainError
from producers import selectors
from producers.access import SYNC_PRODUCERS, VIEW_RUNS
from producers.enums import SyncRunStatus, SyncStatus
from producers.models import SyncRun
from producers.page import Action
from producers.sync.runs import request_sync
from producers.wording import NEXT_STEPS

SHOWN_ROWS = 100
RUN_BADGES: dict[str, tuple[str, str]] = {
    SyncRunStatus.RUNNING: ("info", "sync"),
    SyncRunStatus.DONE: ("good", "check_circle"),
    SyncRunStatus.INCOMPLETE: ("warn", "rule"),
    SyncRunStatus.STOPPED: ("bad", "front_hand"),
    SyncRunStatus.FAILED: ("bad", "error"),
}


@back_office_page(right=VIEW_RUNS)
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Counts, cost, what failed and what to do about it, what changed, and the job that did it."""
    run = get_object_or_404(SyncRun, pk=pk)
    failures = list(selectors.failures_of(run)[:SHOWN_ROWS])
    stopped = run.status == SyncRunStatus.STOPPED
    accept = Action(
        "Accept the removals",
        reverse("producers:run_accept", args=[run.pk]),
        "delete_sweep",
        SYNC_PRODUCERS,
        "post",
        confirm="The producers this run did not finish are read again, which is charged, and facts may vanish in any "
        "number. They stay on file, marked.",
    )
    context = {
        "run": run,
        "run_badge": RUN_BADGES[run.status],
        "job_url": reverse("jobs:detail", args=[run.job_id]) if run.job_id else "",
        "cost": f"${run.cost_cents / 100:,.2f}",
        "actions": [accept.for_user(signed_in(request))] if stopped else [],
        "failures": [
            (item, SyncStatus(item.status).label, item.message or NEXT_STEPS[item.status])
            for item in failures
        ],
        "changes": list(selectors.changes_of_run(run)[:SHOWN_ROWS]),
        "shown_rows": SHOWN_ROWS,
    }
    return render_page(request, "producers/run_page.html", context, str(run))


@require_POST
@back_office_page(right=SYNC_PRODUCERS)
def accept_removals(request: HttpRequest, pk: int) -> HttpResponse:
    """Read what a stopped run left over again, and take it even if much has vanished at the registry."""
    run = get_object_or_404(SyncRun, pk=pk, status=SyncRunStatus.STOPPED)
    left = list(selectors.unfinished_of(run).values_list("producer_id", flat=True))
    try:
        request_sync(
            left, actor=actor_of(request), reason=f"Removals of sync {run.pk} accepted", accept_removals=True
        )
        messages.success(request, "A new sync is on its way.")
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("producers:runs")
