"""Which header of the file means which column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from core.access import actor_of, back_office_page, render_page, require_right, signed_in
from core.errors import DomainError, InvalidInput, NotAllowed
from core.imports import files, services
from core.imports.access import UPLOAD
from core.imports.headers import Matched
from core.imports.hiding import hidden_unknown, is_masked, last_four
from core.imports.models import ENGINE_COLUMNS, ImportRun
from core.imports.reading import open_sheet
from core.imports.selectors import matched as matched_now
from core.imports.types import Upload, upload_named
from core.imports.views.likelier import likelier
from core.imports.views.run import run_seen_by

SAMPLE_ROWS = 20
"""Rows that are looked into for values to show."""
SAMPLES = 3
SAMPLE_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class HeaderField:
    """A header with values from below it, and the choice of its column."""

    name: str
    header: str
    samples: list[str]
    chosen: str
    is_guess: bool
    error: str


@back_office_page(UPLOAD)
def columns_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say what headers mean. POST has the file read so; what was chosen is remembered unless that is unticked."""
    run = run_seen_by(signed_in(request), pk)
    upload = upload_named(run.type)
    require_right(signed_in(request), upload.right)
    if not run.headers:
        messages.error(request, "Its file has not been read as far as its headers.")
        return redirect(run)
    if request.method != "POST":
        return _page(request, run, matched_now(run))
    chosen = [str(request.POST.get(f"column-{at}", "")) for at in range(len(run.headers))]
    known = upload.resource.columns
    chosen = [column if column in known else "" for column in chosen]
    if _faults(run, upload, chosen):
        return _page(request, run, matched_now(run), chosen)
    pairs = {header: column for _at, (header, column) in _asked(run, chosen)}
    try:
        remember = "remember" in request.POST
        services.choose_columns(run, pairs, actor=actor_of(request), remember=remember)
    except NotAllowed:
        raise
    except InvalidInput as refusal:
        messages.error(request, " ".join(error["message"] for error in refusal.errors))
        return _page(request, run, matched_now(run), chosen)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The file is being read with these columns.")
    return redirect(run)


def _asked(run: ImportRun, chosen: Sequence[str]) -> Iterator[tuple[int, tuple[str, str]]]:
    """The headers to be asked about, with their places: not those of the engine's own, and none without a name."""
    for at, pair in enumerate(zip(run.headers, chosen, strict=True)):
        own = at < len(run.columns) and run.columns[at] in ENGINE_COLUMNS
        if pair[0] and not own:
            yield at, pair


def _page(
    request: HttpRequest, run: ImportRun, matched: Matched, posted: Sequence[str] | None = None
) -> HttpResponseBase:
    upload = upload_named(run.type)
    chosen = list(posted) if posted is not None else _proposed(run, matched)
    faults = _faults(run, upload, chosen)
    fields = _fields(run, upload, matched, chosen, faults if posted is not None else {})
    context = {
        "run": run,
        "upload": upload,
        "fields": fields,
        "likelier": likelier(run, signed_in(request)),
        "columns": [(name, column.required) for name, column in upload.resource.columns.items()],
        "missing": _missing(upload, chosen) if posted is not None else matched.missing,
        "unfound": _missing(upload, chosen),
        "mended": run.rows.filter(mended=True).count(),
        "refused": posted is not None and bool(faults),
        "doubled": [column for column in matched.doubled if posted is None],
    }
    status = 400 if context["refused"] else 200
    return render_page(request, "core/imports/columns.html", context, "Match columns", status=status)


def _proposed(run: ImportRun, matched: Matched) -> list[str]:
    """For each header what it is taken for now, or else the likeliest column that no other header has."""
    now = run.columns if len(run.columns) == len(run.headers) else matched.columns
    taken = {column for column in now if column}
    proposed = []
    for header, column in zip(run.headers, now, strict=True):
        free = [each for each in matched.suggestions.get(header, []) if each not in taken]
        choice = column or (free[0] if free else "")
        taken.add(choice)
        proposed.append(choice)
    return proposed


def _missing(upload: Upload, chosen: Sequence[str]) -> list[str]:
    return [
        name for name, column in upload.resource.columns.items() if column.required and name not in chosen
    ]


def _faults(run: ImportRun, upload: Upload, chosen: Sequence[str]) -> dict[int, str]:
    """What is wrong with the choices: by the place of the header, and at -1 for columns that no header has."""
    faults = {-1: "missing"} if _missing(upload, chosen) else {}
    for at, column in enumerate(chosen):
        if column and chosen.count(column) > 1:
            others = [f"“{header}”" for header, its in zip(run.headers, chosen, strict=True) if its == column]
            faults[at] = f"{' and '.join(others)} cannot both be {column}. Leave one of them as it is."
    return faults


def _fields(
    run: ImportRun, upload: Upload, matched: Matched, chosen: Sequence[str], faults: Mapping[int, str]
) -> list[HeaderField]:
    samples = _samples(run, upload, chosen)
    return [
        HeaderField(
            name=f"column-{at}",
            header=header,
            samples=samples.get(at, []),
            chosen=chosen[at],
            is_guess=chosen[at] in matched.suggestions.get(header, []),
            error=faults.get(at, ""),
        )
        for at, (header, _column) in _asked(run, chosen)
    ]


def _samples(run: ImportRun, upload: Upload, chosen: Sequence[str]) -> dict[int, list[str]]:
    """Some values below each header, by its place; those of secrets by their last four characters."""
    found: dict[int, list[str]] = {}
    for texts in islice(_first_rows(run), SAMPLE_ROWS):
        for at, text in texts.items():
            values = found.setdefault(at, [])
            if not text:
                continue
            secret = chosen[at] in upload.resource.secret_columns
            shown = _shown(text, run.headers[at], secret=secret)
            if shown not in values and len(values) < SAMPLES:
                values.append(shown)
    return found


def _shown(text: str, header: str, *, secret: bool) -> str:
    if is_masked(text):
        return text
    return (last_four(text) if secret else hidden_unknown(text, header))[:SAMPLE_CHARACTERS]


def _first_rows(run: ImportRun) -> Iterator[dict[int, str]]:
    """Texts by the place of their header: of the rows where there are any, else of the file."""
    rows = list(run.rows.defer("secrets").order_by("number")[:SAMPLE_ROWS])
    if rows:
        for row in rows:
            pairs = zip(run.headers, run.columns, strict=True)
            texts: list[Any] = [row.cells.get(its) if its else row.extra.get(header) for header, its in pairs]
            yield {at: str(text or "") for at, text in enumerate(texts)}
        return
    try:
        sheet = open_sheet(files.content_of(run), run.file_name)
        for _number, texts in islice(sheet.rows(), SAMPLE_ROWS):
            yield dict(zip(range(len(run.headers)), texts, strict=False))
    except DomainError:  # deleted, or faulty further down: then there is nothing to show
        return
