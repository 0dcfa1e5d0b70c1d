"""The uploaded file: in the database, encrypted, in pieces. It never stands in the clear on a disk."""

from __future__ import annotations

from core.imports.models import ImportRun


def keep(run: ImportRun, content: bytes) -> None:
    """Keep the content of a run's file."""
    raise NotImplementedError


def content_of(run: ImportRun) -> bytes:
    """The content again; Conflict when it has been deleted."""
    raise NotImplementedError


def delete(run: ImportRun) -> None:
    """Delete what is kept."""
    raise NotImplementedError
