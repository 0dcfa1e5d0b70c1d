"""Taking a file in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.actor import Actor
from core.errors import Conflict
from core.imports.models import ImportRun


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
    raise NotImplementedError


def answer_same_file(run: ImportRun, read: bool, *, actor: Actor) -> ImportRun:
    """Read it although it was uploaded before, or leave it: then it is cancelled."""
    raise NotImplementedError


def choose_columns(
    run: ImportRun, columns: Mapping[str, str], *, actor: Actor, remember: bool = True
) -> ImportRun:
    """Say what headers mean, ``{header: column or ""}``, and have the file read; remembered for the next file."""
    raise NotImplementedError
