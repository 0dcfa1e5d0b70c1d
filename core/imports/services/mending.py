"""Mending rows without the file, and checking them again."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict, FieldError, InvalidInput
from core.imports import hiding, masks, parsing, stored
from core.imports.access import UPLOAD
from core.imports.enums import SETTLED
from core.imports.holding import HeldByCaller, lock
from core.imports.models import ImportRow, ImportRun
from core.imports.services.jobs import begin_reading
from core.imports.transitions import RUNS
from core.imports.types import Upload, upload_named
from core.rights import require, rights_of

AT_ONCE = 1000
"""Rows that are checked again while somebody waits."""
_CELL_CHARACTERS = 10_000


def mend(run: ImportRun, number: int, cells: Mapping[str, str], *, actor: Actor) -> ImportRow:
    """Put new texts into cells of one row; a blank text empties the cell. Call ``check_again`` after the last one.

    A mask of a secret that comes back as it was shown leaves the secret as it is.
    Raises InvalidInput for names that are no columns and texts that are too long, Conflict for a row that is done and
    for an upload at work.
    """
    upload = upload_named(run.type)
    require(actor, UPLOAD, upload.right)
    texts = _checked(upload, cells)
    with transaction.atomic():
        lock(run)
        # Whatever may be checked again may be mended.
        RUNS.move(run, "parse", rights_of(actor))
        row = _row(run, number)
        changed = _put(row, texts, upload)
        if changed:
            row.mended = True
            row.save(update_fields=["cells", "secrets", "mended"])
            ImportRun.objects.filter(pk=run.pk).update(check_due=True)
            run.check_due = True
            changes: dict[str, list[Any]] = {"row": [None, number], "columns": [None, ", ".join(changed)]}
            audit.record("upload.row_mended", actor=actor, subject=run, changes=changes)
    return row


def check_again(run: ImportRun, *, actor: Actor, wait: bool | None = None) -> ImportRun:
    """Judge every row anew that is not done or undone: mended cells are kept, problems that are gone go.

    Up to 1,000 rows are checked before this returns; for more a job is enqueued and the run is ``parsing``.
    ``wait`` chooses: True checks here, False by a job. A file that was not read to its end is read, by a job.
    """
    upload = upload_named(run.type)
    require(actor, UPLOAD, upload.right)
    with transaction.atomic():
        lock(run)
        here = run.rows_total <= AT_ONCE if wait is None else wait
        if here and run.parsed_at is not None:
            # In one transaction: whatever goes wrong, the run is as it was.
            RUNS.apply(run, "parse", rights_of(actor), changes={"message": ""})
            parsing.judge_stored(run, upload, HeldByCaller(run))
        else:
            begin_reading(run, actor=actor)
        audit.record("upload.checked_again", actor=actor, subject=run)
    return run


def _checked(upload: Upload, cells: Mapping[str, str]) -> dict[str, str]:
    faults: list[FieldError] = []
    texts = {}
    for name, text in cells.items():
        texts[name] = cleaned = _clean(text)
        if name not in upload.resource.columns:
            message = f"“{name[:60]}” is no column of this upload."
            faults.append({"path": f"cells.{name[:60]}", "code": "unknown_column", "message": message})
        elif len(cleaned) > _CELL_CHARACTERS:
            message = f"A cell holds at most {_CELL_CHARACTERS:,} characters; these are {len(cleaned):,}."
            faults.append({"path": f"cells.{name}", "code": "too_long", "message": message})
    if faults:
        raise InvalidInput(faults)
    return texts


def _clean(text: str) -> str:
    """As cells of files are: without control characters and blanks around."""
    return "".join(" " if unicodedata.category(each) in {"Cc", "Cs"} else each for each in text).strip()


def _row(run: ImportRun, number: int) -> ImportRow:
    row = stored.rows_of(run).select_for_update().filter(number=number).first()
    if row is None:
        message = f"This upload has no row {number:,}."
        raise InvalidInput([{"path": "row", "code": "unknown", "message": message}])
    if row.state in SETTLED:
        raise Conflict(
            f"Row {number:,} is {row.get_state_display().lower()} already.",
            "Change what it made, or upload a new row.",
        )
    return row


def _put(row: ImportRow, texts: Mapping[str, str], upload: Upload) -> list[str]:
    """The names of the columns that changed."""
    secrets = masks.secret_texts(row.secrets)
    before = {**row.cells, **secrets}
    for name, text in texts.items():
        if not text:
            row.cells.pop(name, None)
            secrets.pop(name, None)
        elif text == row.cells.get(name):
            continue
        elif hiding.is_masked(text) and name in upload.resource.secret_columns:
            message = f"This is only the end of it; type {name} in full, or leave the cell blank."
            raise InvalidInput([{"path": f"cells.{name}", "code": "only_the_end", "message": message}])
        else:
            is_secret = name in upload.resource.secret_columns
            masks.shield_cell(row.cells, secrets, name, text, secret=is_secret)
    row.secrets = json.dumps(secrets, ensure_ascii=False) if secrets else None
    after = {**row.cells, **secrets}
    return [name for name in texts if before.get(name) != after.get(name)]
