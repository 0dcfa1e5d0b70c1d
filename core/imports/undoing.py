"""Taking back what an upload made, by a job: the last row first, and only where nothing has built on it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from core.audit import services as audit
from core.errors import DomainError
from core.imports import stored
from core.imports.enums import RowState, RunStatus
from core.imports.holding import Hold, Superseded, fail
from core.imports.models import ImportRun
from core.imports.processing import ended, went_wrong
from core.imports.resource import Reader, warning
from core.imports.rows import UploadRow
from core.imports.trying import in_parts
from core.imports.types import Undone, Upload, upload_named
from core.jobs.context import CancelRequested, JobContext, JobInterrupted
from core.rights import require

_KEPT = "kept"
_BUILT_ON = "Something has been built on it meanwhile."


def undo(run: ImportRun, ctx: JobContext) -> None:
    """Undo every row that is done. Killed at any moment it goes on where it stopped."""
    hold = Hold(run, ctx, RunStatus.UNDOING)
    if not hold.begin("undo"):
        return
    upload = upload_named(run.type)
    try:
        require(run.actor, *upload.rights(run.options))
        _take_back(run, upload, hold)
        _finish(run, hold)
    except Superseded:
        return
    except CancelRequested:
        fail(run, "Undoing was cancelled. Undo it again to go on.", actor=run.actor)
        raise
    except JobInterrupted:
        raise
    except DomainError as refusal:
        fail(run, str(refusal), actor=run.actor)
        raise
    except Exception:
        fail(run, went_wrong(""), actor=run.actor)
        raise


def _take_back(run: ImportRun, upload: Upload, hold: Hold) -> None:
    numbers = stored.numbers_of(stored.done(run))[::-1]
    reader = Reader(upload.resource)

    def undo_some(part: Sequence[int]) -> None:
        with transaction.atomic():
            hold.take()
            rows = stored.loaded(stored.between(stored.done(run), part), reader)
            _note(run, hold, rows, upload.undo(rows, run.actor) if rows else Undone())

    def keep(number: int) -> None:
        with transaction.atomic():
            hold.take()
            rows = stored.loaded(stored.between(stored.done(run), [number]), reader)
            _note(run, hold, rows, Undone(kept={row.pk: _BUILT_ON for row in rows if row.pk}))

    for start in range(0, len(numbers), upload.rows_at_once):
        hold.between(start, len(numbers))
        in_parts(numbers[start : start + upload.rows_at_once], undo_some, keep)


def _note(run: ImportRun, hold: Hold, rows: Sequence[UploadRow], undone: Undone) -> None:
    """What became of the rows. One that is kept says what has built on it, and stays done."""
    gone = set(undone.undone)
    for row in rows:
        row.problems = [each for each in row.problems if each["code"] != _KEPT]
        if row.pk in gone:
            row.state = RowState.UNDONE
        elif row.pk in undone.kept:
            row.problems.append(warning("", _KEPT, undone.kept[row.pk]))
    stored.write_judged(run, rows)
    results = dict(run.results)
    results["done"] = results.get("done", 0) - len(gone)
    results["undone"] = results.get("undone", 0) + len(gone)
    run.results = results
    ImportRun.objects.filter(pk=run.pk).update(results=results)
    hold.ctx.set_counts(**results)
    hold.note()


def _finish(run: ImportRun, hold: Hold) -> None:
    with transaction.atomic():
        hold.take()
        result = ended(run)
        kept = result["results"].get("done", 0)
        rows = (
            "1 row could not be undone; it says"
            if kept == 1
            else f"{kept:,} rows could not be undone; each says"
        )
        message = f"{rows} what has built on it." if kept else ""
        hold.end("undone", **result, message=message)
        audit.record("upload.undone", actor=run.actor, subject=run, changes={"rows": [None, run.results]})
        hold.note()
