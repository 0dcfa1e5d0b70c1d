"""What a person does with an upload: answer its question, check, process, pause, go on, cancel, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from core.access import actor_of, back_office_page, render_page, signed_in
from core.errors import DomainError, NotAllowed
from core.imports import services
from core.imports.access import UPLOAD
from core.imports.models import ImportRun
from core.imports.types import upload_named
from core.imports.views.buttons import can_be_undone, lack, process_words
from core.imports.views.counted import counted
from core.imports.views.run import cost_context, options_in_words, run_seen_by
from core.words import money

Act = Callable[[ImportRun], Any]


@require_POST
@back_office_page(UPLOAD)
def answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Whether a file that was uploaded before is to be read."""
    read = request.POST.get("read") == "yes"
    said = "The file is being read." if read else "Left alone: the file is not read."
    return _move(request, pk, lambda run: services.answer_same_file(run, read, actor=actor_of(request)), said)


@require_POST
@back_office_page(UPLOAD)
def check(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Judge the rows by the facts of now."""
    said = "Every row that is not done was checked by the facts of now."
    return _move(request, pk, lambda run: services.check_again(run, actor=actor_of(request)), said)


@require_POST
@back_office_page(UPLOAD)
def pause(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop for a while."""
    said = "Paused. What is done stays done; resume when you are ready."
    return _move(request, pk, lambda run: services.pause(run, actor=actor_of(request)), said)


@require_POST
@back_office_page(UPLOAD)
def resume(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Go on where it stopped."""
    return _move(request, pk, lambda run: services.resume(run, actor=actor_of(request)), "Going on.")


@require_POST
@back_office_page(UPLOAD)
def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Leave it, or the rest of it."""
    said = "Left as it is. What is done stays done; nothing more will be."
    return _move(request, pk, lambda run: services.cancel(run, actor=actor_of(request)), said)


@back_office_page(UPLOAD)
def process_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """GET states how many rows are processed and what that costs; POST does it, naming the cost agreed to."""
    run = run_seen_by(signed_in(request), pk)
    if request.method != "POST":
        return _process_page(request, run)
    try:
        services.process(run, actor=actor_of(request), confirm_cents=_agreed(request))
    except services.CostChanged as changed:
        run.refresh_from_db()
        return _process_page(request, run, changed=changed)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Processing has begun.")
    return redirect(run)


@back_office_page(UPLOAD)
def undo_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """GET says what is taken back and what is not; POST does it."""
    run = run_seen_by(signed_in(request), pk)
    if request.method == "POST":
        said = "Taking back what the rows made."
        return _move(request, pk, lambda each: services.undo(each, actor=actor_of(request)), said)
    count = counted(run)
    if not can_be_undone(run):
        messages.error(request, "There is nothing to take back.")
        return redirect(run)
    made = run.rows.filter(state="done", outcome="new").count()
    context = {
        "run": run,
        "counted": count,
        "made": made,
        "updated": count.done - made,
        "why_not": lack(signed_in(request), upload_named(run.type).rights(run.options)),
    }
    return render_page(request, "core/imports/undo.html", context, f"Undo upload {run.pk}?")


def _process_page(
    request: HttpRequest, run: ImportRun, *, changed: services.CostChanged | None = None
) -> HttpResponseBase:
    count = counted(run)
    upload = upload_named(run.type)
    cents = changed.cost_cents if changed else int(run.foreseen.get("cost_cents", 0))
    context = {
        "run": run,
        "counted": count,
        "cost": cost_context(run),
        "cents": cents,
        "total": money(cents),
        "agreed": _agreed(request),
        "agreed_words": money(_agreed(request) or 0),
        "spends": upload.spends(run.options),
        "process_words": process_words(run, count),
        "options": options_in_words(run),
        "changed": changed,
        "why_not": lack(signed_in(request), [UPLOAD, *upload.rights(run.options)]),
    }
    status = 409 if changed else 200
    return render_page(request, "core/imports/process.html", context, "Process the rows?", status=status)


def _agreed(request: HttpRequest) -> int | None:
    text = request.POST.get("confirm_cents", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _move(request: HttpRequest, pk: int, act: Act, said: str) -> HttpResponseBase:
    run = run_seen_by(signed_in(request), pk)
    try:
        act(run)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(run)
