"""How an upload moves."""

from __future__ import annotations

from core.imports.access import UPLOAD
from core.imports.enums import RunStatus
from core.imports.models import ImportRun
from core.state_table import Move, StateTable


def _unanswered(run: ImportRun) -> str:
    return f"{run.get_question_display()}: answer that first." if run.question else ""


def _never_read(run: ImportRun) -> str:
    return "" if run.parsed_at else "Its file was not read to the end."


def _file_gone(run: ImportRun) -> str:
    return "Its file has been deleted; upload it again." if run.file_deleted_at and not run.parsed_at else ""


RUNS = StateTable[ImportRun](
    [
        Move(RunStatus.UPLOADED, "parse", RunStatus.PARSING, UPLOAD, _unanswered, label="Read the file"),
        Move(RunStatus.FAILED, "parse", RunStatus.PARSING, UPLOAD, _file_gone, label="Read again"),
        Move(RunStatus.PARSED, "parse", RunStatus.PARSING, UPLOAD, label="Check again"),
        Move(RunStatus.DONE, "parse", RunStatus.PARSING, UPLOAD, label="Check again"),
        Move(RunStatus.PARSING, "ask", RunStatus.UPLOADED),
        Move(RunStatus.PARSING, "parsed", RunStatus.PARSED),
        Move(RunStatus.PARSED, "process", RunStatus.PROCESSING, UPLOAD, label="Process rows"),
        Move(RunStatus.FAILED, "process", RunStatus.PROCESSING, UPLOAD, _never_read, label="Go on"),
        Move(RunStatus.PAUSED, "process", RunStatus.PROCESSING, UPLOAD, label="Resume"),
        Move(RunStatus.PROCESSING, "pause", RunStatus.PAUSED, UPLOAD, label="Pause"),
        Move(RunStatus.PROCESSING, "finish", RunStatus.DONE),
        Move(RunStatus.PARSING, "fail", RunStatus.FAILED),
        Move(RunStatus.PROCESSING, "fail", RunStatus.FAILED),
        Move(RunStatus.UPLOADED, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel"),
        Move(RunStatus.PARSING, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel"),
        Move(RunStatus.PARSED, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel"),
        Move(RunStatus.PROCESSING, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel the rest"),
        Move(RunStatus.PAUSED, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel the rest"),
        Move(RunStatus.FAILED, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel"),
    ]
)
