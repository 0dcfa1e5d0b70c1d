"""An upload of parcels: a small type that creates, updates and undoes rows of tests.core.models.Parcel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.bulk import insert_many, update_many
from core.imports.enums import Outcome
from core.imports.models import ImportRun
from core.imports.reading import OpenSheet
from core.imports.resource import CellFault, Column, Text, UploadResource
from core.imports.rows import UploadRow
from core.imports.types import Judging, Option, Survey, Undone, Upload, register
from core.imports.work import Work
from tests.core.models import Parcel

PARCELS = "parcels"


class Weight(Text):
    """Whole grams."""

    def clean(self, value, row=None, **kwargs):
        if not value.isdigit():
            raise CellFault("not_a_weight", f"“{value}” is no weight; write whole grams, such as 250.")
        return int(value)


class Code(Text):
    """Something secret of five characters at least."""

    def clean(self, value, row=None, **kwargs):
        if len(value) < 5:
            raise CellFault("too_short", f"“{value}” is too short for a code.")
        return value


class ParcelResource(UploadResource):
    name = Column("name", required=True, synonyms=("Parcel Name",))
    weight = Column("weight", Weight())
    code = Column("code", Code(), secret=True)
    note = Column("note")


class Names(Survey):
    """How often each name stands in the file."""

    def __init__(self) -> None:
        self.first: dict[str, int] = {}

    def see(self, row: UploadRow) -> None:
        self.first.setdefault(row.values.get("name", ""), row.number)


class ParcelUpload(Upload):
    """Names identify parcels. A note ``boom`` breaks the judge or the writing, as told."""

    name = PARCELS
    title = "Parcels"
    intro = "A row is a parcel."
    right = "imports.add_importrun"
    resource = ParcelResource()
    options = (
        Option("send", "Send them", spends=True, right="imports.view_importrun"),
        Option("speed", "Speed", choices=(("slow", "Slow"), ("fast", "Fast")), default="slow"),
    )
    rows_at_once = 3
    can_be_undone = True

    def __init__(self) -> None:
        self.closed: list[str] = []
        self.break_at = ""
        """``judge`` or ``write``: where a note ``boom`` breaks it."""

    def survey(self) -> Names:
        return Names()

    def judge(self, rows: Sequence[UploadRow], judging: Judging) -> None:
        known = _known(rows)
        for row in rows:
            self._boom(row, "judge")
            row.label = row.values.get("name", "")
            first = judging.survey.first.get(row.label)
            if row.label and first != row.number:
                row.fault("name", "repeated", f"Row {first} has the same name.")
            _decide(row, known.get(row.label))
            row.foreseen = {"cost_cents": 150, "transactions": 1}

    def write(self, rows: Sequence[UploadRow], work: Work) -> None:
        known = _known(rows)
        new, changed = [], []
        for row in rows:
            self._boom(row, "write")
            parcel = known.get(row.values["name"])
            _decide(row, parcel)
            if row.outcome == Outcome.NEW:
                new.append(Parcel(name=row.values["name"], weight=row.values.get("weight")))
                row.effect = {"made": ["parcel"]}
            elif row.outcome == Outcome.UPDATE and parcel is not None:
                parcel.weight = row.values.get("weight")
                changed.append(parcel)
                row.effect = {"parcel": parcel.pk}
        insert_many(new)
        update_many(changed, ["weight"])

    def close(self, work: Work) -> None:
        self.closed.append(ImportRun.objects.get(pk=work.run.pk).status)

    def undo(self, rows: Sequence[UploadRow], actor: Any) -> Undone:
        undone = Undone()
        for row in rows:
            parcel = Parcel.objects.filter(name=row.values["name"]).first()
            if parcel is not None and parcel.status == "sent":
                undone.kept[row.pk or 0] = "The parcel has been sent."
            else:
                Parcel.objects.filter(name=row.values["name"]).delete()
                undone.undone.append(row.pk or 0)
        return undone

    def _boom(self, row: UploadRow, where: str) -> None:
        if self.break_at == where and row.values.get("note") == "boom":
            raise RuntimeError(f"boom over {row.secrets}")


def _known(rows: Sequence[UploadRow]) -> dict[str, Parcel]:
    names = {row.values.get("name") for row in rows}
    return {parcel.name: parcel for parcel in Parcel.objects.filter(name__in=names).order_by("pk")}


def _decide(row: UploadRow, parcel: Parcel | None) -> None:
    weight = row.values.get("weight")
    if parcel is None:
        row.outcome = Outcome.NEW
        row.changes = {"weight": ["", str(weight)]} if weight is not None else {}
    elif parcel.weight == weight:
        row.outcome, row.changes = Outcome.UNCHANGED, {}
    else:
        row.outcome, row.changes = Outcome.UPDATE, {"weight": [str(parcel.weight), str(weight)]}


def registered() -> ParcelUpload:
    """A fresh one, known to the engine."""
    upload = ParcelUpload()
    register(upload)
    return upload


def opened(content: bytes, file_name: str) -> OpenSheet:
    """Files of these tests: commas, no quotes."""
    lines = [line.split(",") for line in content.decode().splitlines()]
    rows = [(number, cells) for number, cells in enumerate(lines, start=1) if any(cells)]
    return OpenSheet("CSV, UTF-8, commas", lines[0], lambda: iter(rows))
