"""An upload being processed: its waiting rows, chunk by chunk, and the note of what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from core.actor import Actor
from core.imports.models import ImportRun
from core.imports.rows import UploadRow
from core.jobs.context import JobContext

Write = Callable[[Sequence[UploadRow], "Work"], None]


class Work:
    """One processing of an upload by one job. Should another job or a person take it over, nothing more is written."""

    def __init__(self, run: ImportRun, ctx: JobContext) -> None:
        self.run = run
        self.ctx = ctx

    @property
    def actor(self) -> Actor:
        """Who stands behind what is written: the upload, with the person or client that asked for processing."""
        raise NotImplementedError

    @property
    def options(self) -> dict[str, Any]:
        """As chosen for the upload."""
        return dict(self.run.options)

    def in_chunks(self, write: Write) -> None:
        """Hand the waiting rows to ``write``, a chunk at a time, each in one transaction with the note of it."""
        raise NotImplementedError

    def waiting(self) -> Iterator[list[UploadRow]]:
        """All rows worth processing that have not been, a chunk at a time, without marking them. Memory stays flat."""
        raise NotImplementedError

    def settle(self, rows: Sequence[UploadRow], **results: int) -> None:
        """Note in the transaction of the caller what became of rows; ``results`` are added to the run's own counts.

        Raises LeaseLost when the upload is not being processed by this job any more: then nothing may be written.
        """
        raise NotImplementedError
