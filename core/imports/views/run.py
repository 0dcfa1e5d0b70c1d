"""The page of an upload: where it is, what comes next, its rows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from core.access import back_office_page, has_right, render_page, signed_in
from core.accounts.models import User
from core.imports import services
from core.imports.access import UPLOAD, VIEW
from core.imports.enums import AT_WORK, Question, RunStatus
from core.imports.lists import status_badge
from core.imports.models import ImportRun
from core.imports.selectors import may, runs_for
from core.imports.types import upload_named
from core.imports.views.buttons import buttons
from core.imports.views.counted import counted, skipped
from core.imports.views.likelier import likelier
from core.imports.views.lines import accepted_values, line_of
from core.imports.views.offers import Offers
from core.imports.views.paging import Narrowed, page_of, tabs
from core.jobs.models import Job
from core.lists.cells import on_screen
from core.words import money

FORESEEN = {"reports": "Reports read from the registry", "billed_later": "Billed by the states later"}
"""What is foreseen besides the cost, in words."""
SAID = "uploads_said"
"""Where the session keeps what saving came to, until the page is shown again."""
CHECKED_AT_ONCE = 1000
"""Up to so many rows are checked again as soon as a mended one is saved."""


@back_office_page(VIEW)
def run_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One upload. While it is at work the page follows it."""
    run = run_seen_by(signed_in(request), pk)
    context = summary(request, run) | {"said": request.session.pop(SAID, "")}
    return render_page(
        request, "core/imports/run.html", context | rows_context(context), f"Upload {pk}: {run.file_name}"
    )


@back_office_page(VIEW)
def run_progress(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The part that changes while it is at work; when that has ended the whole page is loaded again.

    ``?part=summary`` is what stands above the rows, for when a row has been mended.
    """
    run = run_seen_by(signed_in(request), pk)
    if request.GET.get("part") == "summary":
        context = summary(request, run)
        context |= {"page": page_of(run, context["narrowed"]), "again": True}
        return render(request, "core/imports/parts/summary.html", context)
    if run.status not in AT_WORK:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "core/imports/parts/progress.html", {"run": run, **progress(run)})


def run_seen_by(user: User, pk: int) -> ImportRun:
    """An upload that the person may see, or 404. One whose job has died is told apart from one that is at work."""
    run = get_object_or_404(runs_for(user), pk=pk)
    return services.settle_dead(run) if run.status in AT_WORK else run


def may_mend(run: ImportRun, user: User) -> bool:
    """Whether the person may mend rows now."""
    return may(run, "mend", lambda right: has_right(user, right))


def summary(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """What stands above the rows: where it is, what can be done, how many rows are what."""
    user, count, narrowed = signed_in(request), counted(run), Narrowed.read(request.GET)
    offered = buttons(run, user, count)
    at_work = run.status in AT_WORK
    earlier = run.same_as if run.question == Question.SAME_FILE else None
    context = {
        "run": run,
        "upload": upload_named(run.type),
        "badge": on_screen(status_badge(run)),
        "counted": count,
        "skipped": None if at_work else skipped(run, count),
        "buttons": offered,
        "leading": next((button for button in offered if button.primary), None),
        "at_work": at_work,
        "earlier": earlier,
        "likelier": likelier(run, user) if run.question == Question.COLUMNS else None,
        "earlier_counted": counted(earlier) if earlier else None,
        "options": options_in_words(run),
        "leads": upload_named(run.type).leads_to(run) if run.started_at else (),
        "cost": cost_context(run),
        "may_upload": has_right(user, UPLOAD),
        "may_match": has_right(user, UPLOAD) and _can_be_matched(run),
        "may_mend": may_mend(run, user),
        "checked_at_once": run.rows_total <= CHECKED_AT_ONCE,
        "narrowed": narrowed,
        "tabs": tabs(count, narrowed),
    }
    return context | (progress(run) if at_work else {})


def rows_context(context: dict[str, Any]) -> dict[str, Any]:
    """The rows of the page."""
    run = context["run"]
    page = page_of(run, context["narrowed"])
    offers = Offers(upload_named(run.type))
    lines = [line_of(run, row, offers, may_mend=context["may_mend"]) for row in page.rows]
    return {
        "page": page,
        "lines": lines,
        "faulty_lines": [line for line in lines if line.editable],
        "lists": accepted_values(lines, offers),
    }


def _can_be_matched(run: ImportRun) -> bool:
    """Whether its headers may be given other columns: there are some left over, and nothing was processed yet."""
    readable = not run.started_at and not run.file_deleted_at and run.status == RunStatus.PARSED
    return readable and bool(run.unknown_columns)


def options_in_words(run: ImportRun) -> list[tuple[str, str]]:
    """The options that were chosen, with their values as people read them."""
    found: list[tuple[str, str]] = []
    for option in upload_named(run.type).options:
        value = run.options.get(option.name, option.default)
        words = (
            dict(option.choices).get(str(value), str(value)) if option.choices else "Yes" if value else "No"
        )
        found.append((option.label, words))
    return found


def cost_context(run: ImportRun) -> dict[str, Any] | None:
    """What processing would cost; None for types that cost nothing."""
    if "cost_cents" not in run.foreseen:
        return None
    counts = {name: count for name, count in run.foreseen.items() if name != "cost_cents" and count}
    return {
        "total": money(run.foreseen["cost_cents"]),
        "figures": [
            (FORESEEN.get(name, name.replace("_", " ").capitalize()), counts[name]) for name in counts
        ],
        "cautions": upload_named(run.type).cautions(run),
        "prepares": "transactions" in counts and not upload_named(run.type).spends(run.options),
    }


def progress(run: ImportRun) -> dict[str, Any]:
    """How far it is, by its job."""
    job = Job.objects.filter(pk=run.job_id).first() if run.job_id else None
    done, total = (job.done, job.total) if job else (0, None)
    verb = "Checking" if run.parsed_at else "Reading"
    said = {
        RunStatus.PARSING: f"{verb} “{run.file_name}”",
        RunStatus.PROCESSING: "Processing the rows",
        RunStatus.UNDOING: "Taking back what the rows made",
    }
    return {
        "job": job,
        "done": done,
        "total": total,
        "percent": min(100, done * 100 // total) if total else None,
        "doing": said.get(RunStatus(run.status), ""),
        "queued": bool(job and job.started_at is None),
    }
