"""An upload being processed: its waiting rows, chunk by chunk, and the note of what became of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from core.actor import Actor
from core.imports import stored
from core.imports.enums import RowState, RunStatus
from core.imports.holding import Hold
from core.imports.models import ImportRun
from core.imports.resource import Reader, UploadResource
from core.imports.rows import UploadRow
from core.imports.trying import in_parts
from core.jobs.context import JobContext

Write = Callable[[Sequence[UploadRow], "Work"], None]

#: On SQLite one writes at a time: this lets the web come in between two chunks.
_BREATH_SECONDS = 0.02
_REFUSED = (
    "The database refused this row: something it names was changed, or made, by somebody else at the same moment."
    " Check it again, then process it again."
)


class Work:
    """One processing of an upload by one job. Should another job or a person take it over, nothing more is written."""

    def __init__(self, run: ImportRun, ctx: JobContext, resource: UploadResource, rows_at_once: int) -> None:
        self.run = run
        self.ctx = ctx
        self.hold = Hold(run, ctx, RunStatus.PROCESSING)
        self.rows_at_once = rows_at_once
        self.place = ""
        """Which rows are being written, for people."""
        self.message = ""
        """What should be known of how it ended, although it came to its end."""
        self._reader = Reader(resource)

    @property
    def actor(self) -> Actor:
        """Who stands behind what is written: the upload, with the person or client that asked for processing."""
        return self.run.actor

    @property
    def options(self) -> dict[str, Any]:
        """As chosen for the upload."""
        return dict(self.run.options)

    def in_chunks(self, write: Write) -> None:
        """Hand the waiting rows to ``write``, a chunk at a time, each in one transaction with the note of it.

        Rows that the database refuses cost only themselves. Whatever else ``write`` raises ends the processing.
        """
        numbers = stored.numbers_of(stored.waiting(self.run))
        for start in range(0, len(numbers), self.rows_at_once):
            self.hold.between(start, len(numbers))
            chunk = numbers[start : start + self.rows_at_once]
            in_parts(chunk, lambda part: self._write(part, write), self._give_up)
            breathe()

    def waiting(self) -> Iterator[list[UploadRow]]:
        """All rows worth processing that have not been, a chunk at a time, without marking them. Memory stays flat."""
        rows = stored.waiting(self.run)
        for batch in stored.batches(rows, stored.numbers_of(rows), self.rows_at_once):
            yield stored.loaded(batch, self._reader)

    def settle(self, rows: Sequence[UploadRow], **results: int) -> None:
        """Note in the transaction of the caller what became of rows; ``results`` are added to the run's own counts.

        Raises LeaseLost when the upload is not being processed by this job any more: then nothing may be written.
        """
        self.hold.take()
        self._settle(rows, results)

    def _write(self, numbers: Sequence[int], write: Write) -> None:
        self.place = _place(numbers)
        with transaction.atomic():
            # The lock comes first: whoever pauses or cancels waits for the chunk, and the chunk is whole.
            self.hold.take()
            rows = stored.loaded(stored.between(stored.waiting(self.run), numbers), self._reader)
            if rows:
                write(rows, self)
            self._settle(rows, {})

    def _give_up(self, number: int) -> None:
        def refuse(rows: Sequence[UploadRow], _work: Work) -> None:
            for row in rows:
                row.fault("", "refused", _REFUSED)

        self._write([number], refuse)

    def _settle(self, rows: Sequence[UploadRow], results: dict[str, int]) -> None:
        """Rows, counts and the job's note change together or not at all."""
        stored.write_settled(self.run, rows)
        counts = Counter(self.run.results)
        counts.update(results)
        counts.update(str(row.state) for row in rows)
        self.run.results = {name: count for name, count in counts.items() if name != RowState.WAITING}
        ImportRun.objects.filter(pk=self.run.pk).update(results=self.run.results)
        self.ctx.set_counts(**self.run.results)
        self.hold.note()


def _place(numbers: Sequence[int]) -> str:
    first, last = numbers[0], numbers[-1]
    return f"row {first:,}" if first == last else f"rows {first:,} to {last:,}"


def breathe() -> None:
    """Between two chunks."""
    if connection.vendor == "sqlite":
        time.sleep(_BREATH_SECONDS)
