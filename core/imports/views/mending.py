"""Rows mended in the browser: one, or a page of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from core.access import actor_of, back_office_page, render_page, require_right, signed_in
from core.errors import DomainError, InvalidInput, NotAllowed
from core.imports import services
from core.imports.access import UPLOAD, VIEW
from core.imports.enums import Outcome, RowState
from core.imports.models import ImportRow, ImportRun
from core.imports.types import upload_named
from core.imports.views.lines import accepted_values, first_faulty_cell, line_of, posted_cells
from core.imports.views.offers import Offers
from core.imports.views.paging import Narrowed
from core.imports.views.run import CHECKED_AT_ONCE, SAID, may_mend, run_seen_by
from core.words import counted

NOTHING_CHANGED = "Nothing was changed. Write into a cell what would be right, then save."


@back_office_page(VIEW)
def rows_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """POST saves every cell of the page that was changed, and stays there; GET leads to these rows."""
    run = run_seen_by(signed_in(request), pk)
    narrowed = Narrowed.read(request.GET)
    here = f"{run.get_absolute_url()}{narrowed.here}"
    if request.method != "POST":
        return redirect(f"{here}#rows")
    require_right(signed_in(request), UPLOAD)
    numbers = [int(text) for text in request.POST.getlist("row") if text.isdigit() and len(text) < 9]
    saved = _save(request, run, numbers)
    words = f"{counted(saved or 0, 'row')} saved"
    said = _check(request, run, words) if saved else "" if saved is None else NOTHING_CHANGED
    row = _next_to_mend(run, narrowed, min(numbers, default=0))
    if row is None:
        if said:
            messages.success(request, said)
        return redirect(f"{here}#rows")
    # Said beside the button: the page goes to the next cell, away from where messages stand.
    request.session[SAID] = said
    return redirect(f"{here}#{first_faulty_cell(run, row)}")


@back_office_page(VIEW)
def row_page(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """One row with all its cells. POST saves the changed ones; the page's script then puts the row in its place."""
    run = run_seen_by(signed_in(request), pk)
    row = _row(run, number)
    if request.method != "POST":
        return _one(request, run, row)
    require_right(signed_in(request), UPLOAD)
    saved = _save(request, run, [number])
    said = _check(request, run, f"Row {number:,} saved") if saved else NOTHING_CHANGED
    row = _row(run, number)
    if request.headers.get("HX-Request"):
        return _swapped(request, run, row, "" if saved is None else said)
    if said and saved is not None:
        messages.info(request, said)
    return redirect(f"{request.path}#{first_faulty_cell(run, row)}")


def _row(run: ImportRun, number: int) -> ImportRow:
    return get_object_or_404(run.rows.defer("secrets"), number=number)


def _save(request: HttpRequest, run: ImportRun, numbers: Iterable[int]) -> int | None:
    """How many rows were changed; None when one was refused, and why is said. Those before it are saved."""
    saved = 0
    for number in numbers:
        cells = posted_cells(run, number, request.POST)
        if not cells:
            continue
        try:
            services.mend(run, number, cells, actor=actor_of(request))
        except NotAllowed:
            raise
        except InvalidInput as refusal:
            said = " ".join(f"{error['path']}: {error['message']}" for error in refusal.errors)
            messages.error(request, f"Row {number:,} was not saved. {said}")
            return None
        except DomainError as refusal:
            messages.error(request, f"Row {number:,} was not saved. {refusal}")
            return None
        saved += 1
    return saved


def _check(request: HttpRequest, run: ImportRun, words: str) -> str:
    """Check at once what was saved where the upload is small; a large one is checked when the person asks."""
    if run.rows_total > CHECKED_AT_ONCE:
        return f"{words}. Choose “Check again” when you have mended what you want."
    try:
        services.check_again(run, actor=actor_of(request), wait=True)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, f"{words}, but not checked. {refusal}")
        return ""
    left = run.rows.filter(outcome=Outcome.ERROR).count()
    still = (
        f"{left:,} still {'has' if left == 1 else 'have'} errors." if left else "No row has errors any more."
    )
    return f"{words} and checked. {still}"


def _next_to_mend(run: ImportRun, narrowed: Narrowed, number: int) -> ImportRow | None:
    """The first row of this page that is still faulty."""
    matching = narrowed.rows(run).filter(outcome=Outcome.ERROR).exclude(state=RowState.DONE)
    return matching.filter(number__gte=number).order_by("number").first()


def _swapped(request: HttpRequest, run: ImportRun, row: ImportRow, said: str) -> HttpResponse:
    """The row alone, for the page that shows it among others, with what saving it came to; and that counts changed."""
    offers = Offers(upload_named(run.type))
    line = line_of(run, row, offers, may_mend=may_mend(run, signed_in(request)))
    context = {"run": run, "line": line, "swapped": said or "Not saved.", "refused": _taken(request)}
    answer = render(request, "core/imports/parts/line.html", context)
    answer.headers["HX-Trigger-After-Swap"] = "uploads:row-saved"
    return answer


def _taken(request: HttpRequest) -> list[str]:
    """Messages that would otherwise wait for the next page."""
    return [str(message) for message in messages.get_messages(request)]


def _one(request: HttpRequest, run: ImportRun, row: ImportRow) -> HttpResponseBase:
    faulty = run.rows.filter(outcome=Outcome.ERROR).order_by("number")
    offers = Offers(upload_named(run.type))
    line = line_of(run, row, offers, may_mend=may_mend(run, signed_in(request)), alone=True)
    context = {
        "run": run,
        "row": row,
        "line": line,
        "lists": accepted_values([line], offers),
        "cells": [(name, text) for name, text in row.cells.items() if text],
        "extra": [(name, text) for name, text in row.extra.items() if text],
        "next_faulty": faulty.filter(number__gt=row.number).values_list("number", flat=True).first(),
        "back": f"{run.get_absolute_url()}{_around(row)}",
    }
    return render_page(request, "core/imports/row.html", context, f"Row {row.number} of {run.file_name}")


def _around(row: ImportRow) -> str:
    """The address of the page of rows that begins with this one."""
    params = QueryDict(mutable=True)
    if row.outcome == Outcome.ERROR:
        params["show"] = Outcome.ERROR.value
    params["after"] = str(max(0, row.number - 1))
    return f"?{params.urlencode()}#rows"
