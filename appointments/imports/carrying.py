"""Carrying an upload out: its rows are asked for in request sets, chunk by chunk, and settled with what that made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction as database

from appointments.enums import BulkStatus
from appointments.imports import planning
from appointments.imports.asking import Way
from appointments.imports.planning import WaitingRow
from appointments.imports.results import Parts, Results
from appointments.imports.sending import Sending
from appointments.models import BulkRequest, Transaction
from appointments.services.asking.drafts import Judged
from appointments.services.asking.running import end, write_all
from core.audit import services as audit
from core.imports import stored
from core.imports.resource import Reader, UploadResource
from core.imports.rows import UploadRow
from core.imports.work import Work, breathe

ROWS_AT_ONCE = 1000


class Carrying:
    """One processing of an upload.

    A chunk of requests is judged, written and noted on the rows that are complete with it in one transaction, which
    holds the upload's lock: a kill, a pause or a second job at any moment leaves chunks that are whole or not there.
    Nothing is submitted before all request sets are written.
    """

    def __init__(self, way: Way, resource: UploadResource, work: Work) -> None:
        self.way = way
        self.work = work
        self.reader = Reader(resource)
        self.results = Results(way)

    def run(self) -> None:
        """Ask for all rows that wait, and for what an earlier processing left."""
        waiting = planning.waiting_rows(self.way, self.work)
        sets = self._planned(waiting)
        parts = Parts(self.work.run, sets, waiting)
        for bulk in sets:
            self._write(bulk, parts)
            if not (bulk.submit or bulk.submit_just_in_time):
                end(bulk, BulkStatus.DONE, "")
        Sending(self.work, [bulk for bulk in sets if bulk.submit or bulk.submit_just_in_time]).send()

    def _planned(self, waiting: dict[int, WaitingRow]) -> list[BulkRequest]:
        """Request sets to be carried out: those begun, and new ones for the rest. Rows with faults are settled."""
        with audit.operation(), database.atomic():
            self.work.hold.take()
            sets = planning.unfinished(self.work.run, waiting)
            begun = planning.planned_numbers(sets)
            fresh = [row for row in waiting.values() if row.number not in begun]
            self._refuse([row for row in fresh if row.faults])
            sets += planning.put_sets_on_file(self.way, self.work, [row for row in fresh if row.requests])
        return sets

    def _write(self, bulk: BulkRequest, parts: Parts) -> None:
        """Judge and write what has not been; what a killed run has written to the end is left alone."""
        follower = _Follower(self, bulk, parts)
        write_all(bulk, follower, follower.after)
        follower.apply()

    def _refuse(self, faulty: Sequence[WaitingRow]) -> None:
        faults = {row.number: row.faults for row in faulty}
        for start in range(0, len(faulty), ROWS_AT_ONCE):
            rows = self.loaded(row.number for row in faulty[start : start + ROWS_AT_ONCE])
            for row in rows:
                row.problems = []
                for column, code, message in faults[row.number]:
                    row.fault(column, code, message)
            self.work.settle(rows)

    def loaded(self, numbers: Iterable[int]) -> list[UploadRow]:
        """Rows that wait, by their numbers."""
        waiting = stored.waiting(self.work.run).filter(number__in=list(numbers))
        return stored.loaded(waiting.order_by("number"), self.reader)


class _Follower:
    """Follows one request set: settles rows as they become complete, and says when to stop."""

    def __init__(self, carrying: Carrying, bulk: BulkRequest, parts: Parts) -> None:
        self.carrying = carrying
        self.bulk = bulk
        self.parts = parts
        self._asked_for = Counter[int]()

    def raise_if_cancelled(self) -> None:
        """Between two chunks: report, and stop where somebody said so."""
        self.apply()
        work = self.carrying.work
        work.hold.between(self.parts.settled, self.parts.total)
        work.hold.look()
        breathe()

    def progress(self, done: int, total: int | None = None) -> None:
        """Told in rows of the upload, not in requests."""

    def save_checkpoint(self, **values: Any) -> None:
        """The chunk stands with the request set and its rows."""

    def after(self, indexes: Sequence[int], judged: Judged, written: Sequence[Transaction]) -> None:
        """In the chunk's transaction: settle the rows that are complete with it. May be tried again."""
        owner = self.parts.owners[self.bulk.pk]
        self._asked_for = Counter(owner[index] for index in indexes)
        complete = [number for number, count in self._asked_for.items() if self.parts.left[number] == count]
        rows = self.carrying.loaded(complete)
        self.carrying.results.put_on(rows, self.parts, self.bulk, judged, written)
        made = sum(row.effect.get("made", 0) for row in rows)
        self.carrying.work.settle(rows, transactions=made)

    def apply(self) -> None:
        """The chunk is committed."""
        self.parts.took(self._asked_for)
        self._asked_for = Counter()
