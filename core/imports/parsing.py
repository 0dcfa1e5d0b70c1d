"""Reading an upload: every row is judged, every fault of every row is found at once, and nothing else is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core import clock
from core.audit import services as audit
from core.garbage import seldom_collected
from core.imports import files, headers, hiding, stored
from core.imports.enums import SETTLED, WORTH_PROCESSING, Question, RowState, RunStatus
from core.imports.holding import HeldByCaller, Hold
from core.imports.models import HeaderMatch, ImportRun
from core.imports.reading import OpenSheet, open_sheet
from core.imports.rows import UploadRow
from core.imports.sources import FileRows, Source, StoredRows, with_engine_columns
from core.imports.types import Judging, Survey, Upload, upload_named
from core.jobs.context import JobContext


@seldom_collected
def parse(run: ImportRun, ctx: JobContext) -> None:
    """Judge the rows of the file, or once they have been read those on file. Killed, it begins anew."""
    hold = Hold(run, ctx, RunStatus.PARSING)
    if not hold.begin("parse"):
        return
    upload = upload_named(run.type)
    if run.parsed_at is not None:
        judge_stored(run, upload, hold)
        return
    sheet = open_sheet(files.content_of(run), run.file_name)
    if not _understood(run, upload, hold, sheet):
        return
    _forget_rows(run, hold)
    source = FileRows(run, sheet, run.headers, run.columns, upload.resource)
    foreseen = _judge(run, upload, source, hold)
    # Some can only be said once all rows have been read.
    _finish(run, hold, foreseen, warnings=_warnings(run, sheet))


def judge_stored(run: ImportRun, upload: Upload, hold: Hold | HeldByCaller) -> None:
    """Judge rows on file anew, except those that are done or undone."""
    foreseen = _judge(run, upload, StoredRows(run, upload.resource), hold)
    _finish(run, hold, foreseen)


def _understood(run: ImportRun, upload: Upload, hold: Hold, sheet: OpenSheet) -> bool:
    """Match the headers; False when somebody has to say first what they mean."""
    # A file without a header line has somebody's data for headers.
    run.headers = [hiding.hidden_unknown(header) for header in sheet.headers]
    matched = headers.match(
        run.headers, upload.resource, remembered=remembered(run.type), chosen=run.chosen or None
    )
    run.columns = with_engine_columns(run.headers, matched.columns)
    run.format = sheet.format[:100]
    run.warnings = _warnings(run, sheet)
    about = {name: getattr(run, name) for name in ("headers", "columns", "format", "warnings")}
    with transaction.atomic():
        hold.take()
        if not matched.clear:
            hold.end("ask", **about, question=Question.COLUMNS)
            return False
        ImportRun.objects.filter(pk=run.pk).update(**about)
        hold.note()
    return True


def remembered(type_name: str) -> dict[str, str]:
    """What headers mean for this type, as somebody said before: ``{normalised header: column}``."""
    return dict(HeaderMatch.objects.filter(type=type_name).values_list("header", "column"))


def _warnings(run: ImportRun, sheet: OpenSheet) -> list[str]:
    said = [hiding.hidden_unknown(warning) for warning in sheet.warnings]
    if unknown := run.unknown_columns:
        names = ", ".join(f"“{header[:60]}”" for header in unknown)
        kept = "its cells are" if len(unknown) == 1 else "their cells are"
        said.append(f"Not read, {kept} only kept with the rows: {names}.")
    return said


def _forget_rows(run: ImportRun, hold: Hold) -> None:
    """Of an earlier reading that came to no end."""
    with transaction.atomic():
        hold.take()
        stored.rows_of(run).delete()
        hold.note()


def _judge(run: ImportRun, upload: Upload, source: Source, hold: Hold | HeldByCaller) -> Counter[str]:
    """Judge every row and store it; what processing all of them would cost."""
    survey, total = _surveyed(upload, source, hold)
    judging = Judging(run, survey, run.options)
    first = run.parsed_at is None
    foreseen: Counter[str] = Counter()
    done = 0
    for batch in source.batches(upload.rows_at_once):
        hold.between(done, total)
        rows = [row for row in batch if row.state not in SETTLED]
        if rows:
            _refuse_misplaced(rows, upload)
            upload.judge(rows, judging)
            _store(run, rows, hold, first=first)
            _add_up(foreseen, rows)
        done += len(batch)
    run.rows_total = done
    return foreseen


def _refuse_misplaced(rows: Sequence[UploadRow], upload: Upload) -> None:
    """What looks like a tax number is kept safe in the columns for such alone: of others everybody sees the value."""
    secret = upload.resource.secret_columns
    told = f"Take it out; it belongs in {' or '.join(sorted(secret))}." if secret else "Take it out."
    for row in rows:
        for name in row.secrets.keys() - secret:
            if not any(each["level"] == "error" and each["column"] == name for each in row.problems):
                message = f"Something in this cell looks like a social security number, and {name} is for all to see."
                row.fault(name, "looks_secret", f"{message} {told}")


def _surveyed(upload: Upload, source: Source, hold: Hold | HeldByCaller) -> tuple[Survey, int | None]:
    """What has to be known of all rows, and how many there are. A type that needs to know nothing spares a pass."""
    survey = upload.survey()
    if type(survey) is Survey:
        return survey, None
    total = 0
    for batch in source.batches(upload.rows_at_once, survey.looks_at):
        hold.look()
        for row in batch:
            if row.state != RowState.UNDONE:
                survey.see(row)
        total += len(batch)
    return survey, total


def _store(run: ImportRun, rows: Sequence[UploadRow], hold: Hold | HeldByCaller, *, first: bool) -> None:
    with transaction.atomic():
        hold.take()
        if first:
            stored.insert_judged(run, rows)
        else:
            stored.write_judged(run, rows)
        hold.note()


def _add_up(foreseen: Counter[str], rows: Sequence[UploadRow]) -> None:
    for row in rows:
        if row.foreseen and row.outcome in WORTH_PROCESSING and not row.faulty:
            foreseen.update(row.foreseen)


def _finish(run: ImportRun, hold: Hold | HeldByCaller, foreseen: Counter[str], **about: Any) -> None:
    with transaction.atomic():
        hold.take()
        counts, states = stored.counted(run)
        event = "finish" if run.started_at and not stored.waiting(run).exists() else "parsed"
        changes: dict[str, Any] = {
            "rows_total": run.rows_total,
            "counts": counts,
            "results": run.results | states if run.started_at else {},
            "foreseen": dict(foreseen),
            "confirmed_cents": None,
            "parsed_at": clock.now(),
            "check_due": False,
            "message": upload_named(run.type).comes_to(run)[:500] if event == "finish" else "",
            "finished_at": clock.now() if event == "finish" else None,
        }
        hold.end(event, **changes, **about)
        audit.record("upload.parsed", actor=run.asked_by, subject=run, changes={"counts": [None, counts]})
        hold.note()
