"""Templates and outcomes as files on the disk of whoever runs a command: readable by them alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from core.errors import InvalidInput
from core.exports import csv_lines, xlsx_file
from core.imports.blanks import csv_template, xlsx_template
from core.imports.models import ImportRun
from core.imports.outcome_files import file_of
from core.imports.types import Upload


def write_template(upload: Upload, path: Path) -> None:
    """The template of a type, as CSV or XLSX by the ending of the name."""
    if _is_workbook(path):
        _write_bytes(path, xlsx_template(upload))
    else:
        _write_text(path, [csv_template(upload)])


def write_outcomes(run: ImportRun, path: Path, *, failed_only: bool) -> None:
    """What became of the rows."""
    file = file_of(run, failed_only)
    if _is_workbook(path):
        _write_bytes(path, xlsx_file(file.header, file.rows, sheet=file.sheet))
    else:
        _write_text(path, csv_lines(file.header, file.rows))


def _is_workbook(path: Path) -> bool:
    ending = path.suffix.lower()
    if ending not in {".csv", ".xlsx"}:
        message = f"{path} has to end in .csv or .xlsx."
        raise InvalidInput([{"path": "file", "code": "ending", "message": message}])
    return ending == ".xlsx"


def _write_text(path: Path, pieces: Iterable[str]) -> None:
    with open(path, "w", encoding="utf-8", newline="", opener=_for_me_alone) as target:
        target.writelines(pieces)


def _write_bytes(path: Path, file: IO[bytes]) -> None:
    with file, open(path, "wb", opener=_for_me_alone) as target:
        shutil.copyfileobj(file, target)


def _for_me_alone(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
