"""Parcels that are made without looking whether they are there: a row that is written twice shows."""

from __future__ import annotations

from core.bulk import insert_many
from core.imports.enums import Outcome
from core.imports.models import ImportRow, ImportRun
from core.imports.types import Undone
from tests.core.imports.engine.parcels import ParcelUpload
from tests.core.models import Parcel

CHUNK, CHUNKS = 3, 5
ROWS = CHUNK * CHUNKS
LINES = [f"n{number:02},{number}" for number in range(ROWS)]


class BlindUpload(ParcelUpload):
    """Whatever a row says is made; undoing counts down what was made."""

    rows_at_once = CHUNK

    def judge(self, rows, judging):
        for row in rows:
            row.outcome, row.label = Outcome.NEW, row.values["name"]

    def write(self, rows, work):
        insert_many([Parcel(name=row.values["name"], weight=row.values["weight"]) for row in rows])

    def close(self, work):
        """Nothing follows."""

    def undo(self, rows, actor):
        insert_many([Parcel(name=row.values["name"], status="undone") for row in rows])
        return Undone([row.pk for row in rows if row.pk])


def assert_each_once(run: ImportRun, *, status: str = "draft", state: str = "done") -> None:
    """Every row of the file has been written, and none twice."""
    run.refresh_from_db()
    assert run.status == "done", run.message
    names = sorted(Parcel.objects.filter(status=status).values_list("name", flat=True))
    assert names == [line.split(",")[0] for line in LINES]
    assert run.results[state] == ROWS
    assert ImportRow.objects.filter(run=run, state=state).count() == ROWS
