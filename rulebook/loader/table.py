"""Reading a folder of CSV files while gathering everything that is wrong with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

COUNTRY = "US"


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell that cannot be read, or one row that is left out: where it stands and what is wrong."""

    file: str
    line: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}, {self.column} {self.value!r}: {self.message}"


class BadFiles(Exception):
    """The folder cannot be loaded; every problem found in it is listed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass
class Folder:
    """The files of one load, and what was found wrong while reading them."""

    path: Path
    problems: list[Problem] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    states: set[str] = field(default_factory=set)

    def rows(self, name: str, columns: Collection[str], *, optional: bool = False) -> Iterator[Row]:
        """The rows of a file. A file that is missing or no CSV of these columns is a problem and has none."""
        try:
            text = (self.path / name).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            if not optional:
                self._file_problem(name, 0, f"The folder {self.path.name} has no such file.")
            return
        except UnicodeDecodeError as error:
            self._file_problem(name, 0, f"This is not UTF-8 text (byte {error.start}).")
            return
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            self._file_problem(name, 1, f"The columns {', '.join(missing)} are missing.")
            return
        yield from self._rows(name, reader)

    def _rows(self, name: str, reader: csv.DictReader[str]) -> Iterator[Row]:
        try:
            for cells in reader:
                if None in cells or None in cells.values():
                    self._file_problem(
                        name, reader.line_num, "The row has more or fewer cells than the header."
                    )
                else:
                    yield Row(self, name, reader.line_num, cells)
        except csv.Error as error:
            self._file_problem(name, reader.line_num, f"This is not CSV: {error}.")

    def _file_problem(self, name: str, line: int, message: str) -> None:
        self.problems.append(Problem(name, line, "file", name, message))


@dataclass(frozen=True)
class Row:
    """One row: its cells read typed. A cell that cannot be read is noted as a problem and reads as empty."""

    folder: Folder
    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str, *, required: bool = False, maximum: int = 10_000) -> str:
        value = self.cells.get(column, "").strip()
        if required and not value:
            self.problem(column, "This has to be filled in.")
        if len(value) > maximum:
            self.problem(column, f"This is longer than {maximum} characters.")
        return value

    def state(self, column: str, *, blank_is: str = "") -> str:
        value = self.text(column) or blank_is
        if value not in self.folder.states | {COUNTRY}:
            self.problem(column, "There is no such state in states.csv.")
            return ""
        return value

    def states(self, column: str) -> list[str]:
        found = [code for code in self.text(column).split("|") if code]
        for code in found:
            if code not in self.folder.states:
                self.problem(column, f"There is no state {code} in states.csv.")
        return [code for code in found if code in self.folder.states]

    def day(self, column: str, *, required: bool = False) -> date | None:
        value = self.text(column, required=required)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.problem(column, "This is not a date such as 2027-03-31.")
            return None

    def one_of(self, column: str, known: Collection[str], *, blank_is: str = "") -> str:
        value = self.text(column) or blank_is
        if value not in known:
            self.problem(column, f"This is none of {', '.join(word for word in known if word)}.")
            return blank_is
        return value

    def problem(self, column: str, message: str) -> None:
        value = self.cells.get(column, "")
        self.folder.problems.append(Problem(self.file, self.line, column, value, message))

    def leave_out(self, column: str, why: str) -> None:
        self.folder.left_out.append(Problem(self.file, self.line, column, self.cells.get(column, ""), why))
