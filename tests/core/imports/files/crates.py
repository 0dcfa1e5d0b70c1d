"""A type of upload over the parcels of tests/core/models.py: small, and with everything a type may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from import_export.widgets import Widget

from core.imports.enums import Outcome
from core.imports.resource import CellFault, Column, Text, UploadResource
from core.imports.rows import UploadRow
from core.imports.types import Judging, Option, Sheet, Undone, Upload
from core.imports.work import Work
from tests.core.models import Parcel

COLORS = [("red", "Red as a rose"), ("blue", "Blue as the sea"), ("00", "None at all")]
PORTS = [(f"P{number:02}", f"Port {number}") for number in range(30)]
CENTS = 1650


class Choice(Widget):
    """One of a few, or a list of them."""

    def __init__(self, choices: Sequence[tuple[str, str]], *, many: bool = False) -> None:
        super().__init__()
        self.known = {name for name, _ in choices}
        self.many = many

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        texts = [each.strip() for each in value.split(";")] if self.many else [value]
        for text in texts:
            if text not in self.known:
                raise CellFault("unknown", f"“{value}” is none of {', '.join(sorted(self.known)[:5])}.")
        return texts if self.many else value

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return ";".join(value) if self.many else str(value)


class Ssn(Widget):
    """Nine digits."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        digits = value.replace("-", "").replace(" ", "")
        if len(digits) != 9 or not digits.isdecimal():
            raise CellFault("malformed", "Nine digits are needed.")
        return digits

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value)


class CrateResource(UploadResource):
    name = Column(
        "crate", Text(50), required=True, synonyms=("Crate name",), help_text="Its mark.", example="0042"
    )
    color = Column("color", Choice(COLORS), accepted=lambda: COLORS, help_text="What it is painted.")
    ports = Column("ports", Choice(PORTS, many=True), accepted=lambda: PORTS)
    weight = Column("weight_kg", Text(20))
    owner_ssn = Column("owner_ssn", Ssn(), secret=True)
    note = Column("note", Text(2000))


class CrateUpload(Upload):
    """A row puts a crate on the quay."""

    name = "crate"
    title = "Crates"
    intro = "A row puts a crate on the quay."
    right = "lists.share_view"
    resource = CrateResource()
    options = (
        Option("submit", "Submit at once", spends=True, right="appointments.submit_transaction"),
        Option("quay", "Quay", choices=(("north", "North"), ("south", "South")), default="north"),
    )
    rows_at_once = 100
    can_be_undone = True

    def judge(self, rows: Sequence[UploadRow], judging: Judging) -> None:
        on_quay = _on_quay(rows)
        for row in rows:
            row.label = row.cells.get("crate", "")
            if row.faulty:
                continue
            known = row.label in on_quay
            row.outcome = Outcome.UNCHANGED if known else Outcome.NEW
            row.changes = {} if known else {"crate": ["", row.label]}
            if judging.options["submit"] and not known:
                row.foreseen = {"cost_cents": CENTS, "transactions": 1}

    def write(self, rows: Sequence[UploadRow], work: Work) -> None:
        on_quay = _on_quay(rows)
        for row in rows:
            if row.label == "broken":
                row.fault("crate", "broken", "It fell apart.")
            elif row.label in on_quay:
                row.outcome = Outcome.UNCHANGED
            else:
                row.outcome, row.effect = Outcome.NEW, {"parcel": Parcel.objects.create(name=row.label).pk}

    def undo(self, rows: Sequence[UploadRow], actor: Any) -> Undone:
        Parcel.objects.filter(pk__in=[row.effect["parcel"] for row in rows if row.effect]).delete()
        return Undone(undone=[row.pk for row in rows if row.pk])

    def sheets(self) -> Sequence[Sheet]:
        return [Sheet("quays", ("quay", "meaning"), [("north", "=Cold"), ("south", "Warm")])]


CRATES = CrateUpload()


def _on_quay(rows: Sequence[UploadRow]) -> set[str]:
    names = [row.label for row in rows]
    return set(Parcel.objects.filter(name__in=names).values_list("name", flat=True))


def csv_of(
    *lines: Mapping[str, str] | str, header: str = "crate,color,ports,weight_kg,owner_ssn,note"
) -> bytes:
    """A file of rows: lines as they are."""
    return ("\n".join([header, *map(str, lines)]) + "\n").encode()
