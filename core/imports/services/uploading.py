"""Taking a file in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict, FieldError, InvalidInput
from core.imports import files, hiding, stored
from core.imports.access import UPLOAD
from core.imports.enums import Question, RunStatus
from core.imports.headers import normalised
from core.imports.holding import lock
from core.imports.models import HeaderMatch, ImportRun
from core.imports.reading.sheet import MOST_BYTES, MOST_OF_A_HEADER
from core.imports.services.jobs import begin_reading
from core.imports.transitions import RUNS
from core.imports.types import Upload, upload_named
from core.rights import require, rights_of

_HEADER_CHARACTERS = 200
_MOST_CHOICES = 500
"""Headers of which somebody may say what they mean: more than a file has, since one list may serve many files."""


class SameFile(Conflict):
    """The same file was uploaded before, by ``earlier``."""

    def __init__(self, earlier: ImportRun) -> None:
        super().__init__(
            f"The same file was uploaded before: {earlier} ({earlier.get_status_display()}).",
            "Look at that upload, or upload the file again on purpose.",
            code="same_file",
        )
        self.earlier = earlier


def upload(
    type: str,  # noqa: A002 - the word of the field and of the API
    file_name: str,
    content: bytes,
    options: Mapping[str, Any],
    *,
    actor: Actor,
    again: bool = False,
    columns: Mapping[str, str] | None = None,
    refuse_same: bool = False,
) -> ImportRun:
    """Keep a file and have it read by a job; the run is ``parsing``.

    A file that was uploaded before is kept with the question ``same_file``, or refused with SameFile where
    ``refuse_same``; ``again`` says that it is meant. ``columns`` says what headers mean, ``{header: column or ""}``.
    Raises NotAllowed and InvalidInput.
    """
    kind = upload_named(type)
    require(actor, UPLOAD, kind.right)
    chosen = _checked_columns(kind, columns or {})
    values = kind.read_options(options)
    _check_size(content)
    fingerprint = files.fingerprint(kind.name, content)
    with transaction.atomic():
        _one_at_a_time(fingerprint)
        earlier = _earlier(fingerprint)
        asks = earlier is not None and not again
        if earlier is not None and asks and refuse_same:
            raise SameFile(earlier)
        run = ImportRun(
            type=kind.name,
            file_name=files.shown_name(file_name),
            fingerprint=fingerprint,
            chosen=chosen,
            options=values,
            question=Question.SAME_FILE if asks else Question.NONE,
            same_as=earlier,
        )
        _put_on_file(run, content, actor)
        if not asks:
            begin_reading(run, actor=actor)
    return run


def _put_on_file(run: ImportRun, content: bytes, actor: Actor) -> None:
    """The run with its file, in the name of whoever uploads it."""
    run.file_size, run.kept_until = len(content), _kept_until()
    run.asked_by_kind, run.asked_by_user_id = actor.kind, actor.user_id
    run.asked_by_client_id, run.asked_by_label = actor.client_id[:100], actor.label[:200]
    run.save(force_insert=True)
    files.keep(run, content)
    said: dict[str, list[Any]] = {
        "type": [None, run.type],
        "file": [None, run.file_name],
        "options": [None, run.options],
    }
    audit.record("upload.uploaded", actor=actor, subject=run, changes=said)


def answer_same_file(run: ImportRun, read: bool, *, actor: Actor) -> ImportRun:
    """Read it although it was uploaded before, or leave it: then it is cancelled."""
    require(actor, UPLOAD, upload_named(run.type).right)
    with transaction.atomic():
        lock(run)
        if run.status != RunStatus.UPLOADED or run.question != Question.SAME_FILE:
            raise Conflict("This upload does not ask whether to read the file again.", "Look at where it is.")
        run.question = Question.NONE
        if read:
            begin_reading(run, actor=actor, question=Question.NONE)
        else:
            gone = {"question": Question.NONE, "finished_at": clock.now()}
            RUNS.apply(run, "cancel", rights_of(actor), changes=gone)
        answer = "read" if read else "left"
        audit.record(
            "upload.same_file_answered", actor=actor, subject=run, changes={"answer": [None, answer]}
        )
    return run


def choose_columns(
    run: ImportRun, columns: Mapping[str, str], *, actor: Actor, remember: bool = True
) -> ImportRun:
    """Say what headers mean, ``{header: column or ""}``, and have the file read; remembered for the next file.

    Also for a file that was read with other columns, as long as nothing of it has been processed: its rows are read
    anew, and what was mended in them is lost. Raises InvalidInput for columns there are none of, or that are doubled.
    """
    kind = upload_named(run.type)
    require(actor, UPLOAD, kind.right)
    chosen = _checked_columns(kind, columns)
    with transaction.atomic():
        lock(run)
        if run.question == Question.SAME_FILE or run.started_at or run.file_deleted_at:
            raise Conflict("The columns of this upload cannot be chosen now.", "Upload the file again.")
        # Nothing is kept, and nothing remembered for other files, of headers that this file does not have.
        chosen = {header: column for header, column in chosen.items() if header in run.headers}
        run.question = Question.NONE
        begin_reading(
            run, actor=actor, question=Question.NONE, chosen={**run.chosen, **chosen}, parsed_at=None
        )
        stored.rows_of(run).delete()
        if remember:
            _remember(run, chosen, actor)
        audit.record("upload.columns_chosen", actor=actor, subject=run, changes={"columns": [None, chosen]})
    return run


def _checked_columns(kind: Upload, columns: Mapping[str, str]) -> dict[str, str]:
    faults: list[FieldError] = []
    taken: set[str] = set()
    if len(columns) > _MOST_CHOICES:
        message = f"At most {_MOST_CHOICES} headers can be told apart; these are {len(columns):,}."
        raise InvalidInput([{"path": "columns", "code": "too_many", "message": message}])
    for header, column in columns.items():
        path = f"columns.{hiding.hidden_unknown(header)[:60]}"
        if column and column not in kind.resource.columns:
            message = f"“{column[:60]}” is no column of this upload."
            faults.append({"path": path, "code": "unknown_column", "message": message})
        elif column and hiding.is_secret_header(header) and column not in kind.resource.secret_columns:
            message = (
                f"What its header calls a tax number is not read as {column}, where everybody would see it."
            )
            faults.append({"path": path, "code": "not_secret", "message": message})
        elif column in taken:
            message = f"“{column}” is chosen for two headers; a column is read from one."
            faults.append({"path": path, "code": "doubled", "message": message})
        elif column:
            taken.add(column)
    if faults:
        raise InvalidInput(faults)
    return {
        hiding.hidden_unknown(header[:MOST_OF_A_HEADER].rstrip()): column
        for header, column in columns.items()
    }


def _remember(run: ImportRun, chosen: Mapping[str, str], actor: Actor) -> None:
    """The latest word counts. Headers that are somebody's data are not remembered."""
    plain = {normalised(header): column for header, column in chosen.items() if "•" not in header}
    matches = [
        HeaderMatch(type=run.type, header=header, column=column, chosen_by=actor.label[:200])
        for header, column in plain.items()
        if header and len(header) <= _HEADER_CHARACTERS
    ]
    HeaderMatch.objects.bulk_create(
        matches,
        update_conflicts=True,
        unique_fields=["type", "header"],
        update_fields=["column", "chosen_by", "chosen_at"],
    )


def _check_size(content: bytes) -> None:
    if not content:
        _refuse_file("empty", "The file is empty. Fill in the template and upload it again.")
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        size = len(content) / 1024 / 1024
        _refuse_file("too_large", f"The file has {size:,.1f} MB; at most {most} MB are taken. Split it up.")


def _refuse_file(code: str, message: str) -> None:
    raise InvalidInput([{"path": "file", "code": code, "message": message}])


def _earlier(fingerprint: str) -> ImportRun | None:
    """The latest upload of the same file of which something may be there."""
    same = ImportRun.objects.filter(fingerprint=fingerprint, undone_at=None)
    gone = Q(status__in=(RunStatus.CANCELLED, RunStatus.FAILED), results={})
    return same.exclude(gone).exclude(question=Question.SAME_FILE).order_by("-pk").first()


def _one_at_a_time(fingerprint: str) -> None:
    """Of two who upload the same file at once the second waits, and is asked. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(fingerprint[:15], 16)])


def _kept_until() -> date:
    return clock.today() + timedelta(days=int(getattr(settings, "IMPORT_FILES_KEPT_DAYS", 30)))
