"""Mending rows without the file, and checking them again."""

from __future__ import annotations

from collections.abc import Mapping

from core.actor import Actor
from core.imports.models import ImportRow, ImportRun


def mend(run: ImportRun, number: int, cells: Mapping[str, str], *, actor: Actor) -> ImportRow:
    """Put new texts into cells of one row; a blank text empties the cell. Call ``check_again`` after the last one.

    Raises InvalidInput for names that are no columns and texts that are too long, Conflict for a row that is done and
    for an upload at work.
    """
    raise NotImplementedError


def check_again(run: ImportRun, *, actor: Actor, wait: bool | None = None) -> ImportRun:
    """Judge every row anew that is not done or undone: mended cells are kept, problems that are gone go.

    Up to 1,000 rows are checked before this returns; for more a job is enqueued and the run is ``parsing``.
    ``wait`` chooses: True checks here, False by a job.
    """
    raise NotImplementedError
