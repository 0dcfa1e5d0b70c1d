"""Whether the headers of a file are rather those of another type of upload."""

from __future__ import annotations

from core.access import has_right
from core.accounts.models import User
from core.imports import parsing
from core.imports.headers import match
from core.imports.models import ImportRun
from core.imports.types import Upload, all_uploads, upload_named


def likelier(run: ImportRun, user: User) -> Upload | None:
    """The type, of those that the person may use, that finds more of what it needs than the type of this upload does.

    It has to miss less, too: a type that needs much finds more in many a file that is not meant for it.
    """
    found, missing = _needed(run, upload_named(run.type))
    best = None
    for upload in all_uploads():
        if upload.name == run.type or not has_right(user, upload.right):
            continue
        its_found, its_missing = _needed(run, upload)
        if its_found > found and its_missing < missing:
            best, found, missing = upload, its_found, its_missing
    return best


def _needed(run: ImportRun, upload: Upload) -> tuple[int, int]:
    """How many of the columns that a type needs are among the headers, and how many are not."""
    matched = match(run.headers, upload.resource, remembered=parsing.remembered(upload.name))
    needed = sum(column.required for column in upload.resource.columns.values())
    return needed - len(matched.missing), len(matched.missing)
