"""A hiring class of 200 people whom the registry knows, in a workbook from the template, seven rows of it wrong."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Final

from openpyxl import load_workbook

from tests.e2e.desk import Row

SIZE: Final = 200
TABS: Final = ["template", "accepted_values"]
UNKNOWN_COCODE: Final = "99999"
ASSIGNED: Final = (
    {"states": "OH;PA", "loa_category": "life; health"},
    {"states": "TX", "loa_category": "property, casualty"},
    {"states": "GA, FL, AL", "loa_category": "Life"},
    {"states": "CA", "loa_category": "life|health"},
    {"states": "or; wa; id", "loa_category": "casualty"},
)
"""What people should hold, written as people write it."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One way to get a row wrong: its cells as written, and at which cells the page says what would be right."""

    cells: Row
    says: Row = field(hash=False)


SLIPS: Final[Mapping[int, Slip]] = {
    12: Slip({"states": "OH;ZZ"}, {"states": "no state “ZZ”"}),
    32: Slip({"agent_npn": "88O14"}, {"agent_npn": "“88O14” is not an NPN.*1 to 10 digits"}),
    52: Slip({"last_name": ""}, {"last_name": "is needed in every row"}),
    72: Slip({"loa_category": "lif"}, {"loa_category": "no LOA category “lif”.*life"}),
    92: Slip({"cocodes": UNKNOWN_COCODE}, {"cocodes": f"“{UNKNOWN_COCODE}” is on file.*add the company"}),
    112: Slip(
        {"loa_category": "", "scorecard_type": "", "cocodes": ""},
        {"loa_category": "needs an LOA category", "scorecard_type": "needs a scorecard type"},
    ),
    132: Slip({"agent_ssn": "212-10-123"}, {"agent_ssn": "has nine digits"}),
}
"""By the row of the sheet."""
ON_THE_PAGE: Final = (12, 32, 52, 72)
IN_THE_SPREADSHEET: Final = (92, 112, 132)


@dataclass(frozen=True)
class HiringClass:
    """The rows as they should be, by the row of the sheet, and where their workbook is kept."""

    rows: Mapping[int, Row]
    folder: Path

    @property
    def agency(self) -> str:
        """The NPN of their agency, which comes on file with them."""
        return self.rows[2]["agency_npn"]

    @property
    def npns(self) -> set[str]:
        return {row["agent_npn"] for row in self.rows.values()}

    def fill(self, template: Path, name: str, *, slips: Mapping[int, Slip]) -> Path:
        """A workbook filled in from the template as it was downloaded, all its tabs left in."""
        book = load_workbook(template)
        assert book.sheetnames == TABS
        sheet = book["template"]
        header = [str(cell.value) for cell in sheet[1]]
        for number, row in self.rows.items():
            cells = row | (slips[number].cells if number in slips else {})
            for place, column in enumerate(header, start=1):
                sheet.cell(number, place).value = cells.get(column) or None
        filled = self.folder / name
        book.save(filled)
        return filled

    def mend(self, failed: Path) -> list[Row]:
        """Put right what a file of failed rows says is wrong, in its place; answer with the rows as they came.

        Cells that were right stay as they came, and so do social security numbers that were cut.
        """
        book = load_workbook(failed)
        sheet = book.worksheets[0]
        header = [str(cell.value) for cell in sheet[1]]
        came = [dict(zip(header, map(_text, values), strict=True)) for values in _values(sheet)]
        for line, row in enumerate(came, start=2):
            number = int(row["upload_row"].split(":")[1])
            for column in SLIPS[number].cells:
                sheet.cell(line, header.index(column) + 1).value = self.rows[number].get(column)
        book.save(failed)
        return came

    def told_in(self, said: str) -> list[str]:
        """The social security numbers of the class that stand in a text in full."""
        digits = {"".join(found) for found in _NINE_DIGITS.findall(said)}
        return sorted(digits & {row["agent_ssn"].replace("-", "") for row in self.rows.values()})


_NINE_DIGITS = re.compile(r"(?<!\d)(\d{3})-?(\d{2})-?(\d{4})(?!\d)")


def hire(strangers: Iterable[Row], agency: Row, cocode: str, folder: Path) -> HiringClass:
    """A class of people who are not on file, in an agency that is not either; every second is to be appointed."""
    rows = {
        number: _row(number, person, agency, assigned, cocode)
        for number, person, assigned in zip(range(2, SIZE + 2), strangers, cycle(ASSIGNED), strict=False)
    }
    assert len(rows) == SIZE
    return HiringClass(rows, folder)


def texts_of(file: Path) -> str:
    """All that stands in a CSV or XLSX file, whichever part of the workbook it is in."""
    if not zipfile.is_zipfile(file):
        return file.read_text("utf-8-sig")
    with zipfile.ZipFile(file) as book:
        return "\n".join(book.read(part).decode() for part in book.namelist())


def _row(number: int, person: Row, agency: Row, assigned: Row, cocode: str) -> Row:
    ssn = f"212-{10 + number % 80}-{person['npn'][-4:]}"
    appointed = number % 2 == 0
    return {
        "agency_npn": agency["npn"],
        "agency_name": agency["company_name"],
        "first_name": person["first_name"],
        "last_name": person["last_name"],
        "agent_npn": person["npn"],
        "agent_email": f"class{person['npn']}@demo.example",
        "agent_ssn": ssn if number % 3 else ssn.replace("-", ""),
        **assigned,
        "scorecard_type": "license_and_appointment" if appointed else "license",
        "cocodes": cocode if appointed else "",
        "external_id": f"HC-{person['npn']}",
    }


def _values(sheet: object) -> Iterable[tuple[object, ...]]:
    rows: Iterable[tuple[object, ...]] = sheet.iter_rows(min_row=2, values_only=True)  # type: ignore[attr-defined]
    return rows


def _text(value: object) -> str:
    return "" if value is None else str(value)
