"""How an upload moves."""

from __future__ import annotations

from core.imports.access import UPLOAD
from core.imports.enums import RunStatus
from core.imports.models import ImportRun
from core.state_table import Move, StateTable


def _unanswered(run: ImportRun) -> str:
    if run.question:
        return f"{run.get_question_display()}: answer that first."
    return _file_gone(run)


def _file_gone(run: ImportRun) -> str:
    return "Its file has been deleted; upload it again." if run.file_deleted_at and not run.parsed_at else ""


def _not_readable(run: ImportRun) -> str:
    return _file_gone(run) or _undone(run)


def _undone(run: ImportRun) -> str:
    return "It was undone; upload the file again to process it anew." if run.undone_at else ""


def _unchecked(run: ImportRun) -> str:
    if not run.parsed_at:
        return "Its file was not read to the end; read it again."
    if run.check_due:
        return "Rows were mended, or not checked to the end, since it was checked; check it again first."
    return _undone(run)


def _nothing_done(run: ImportRun) -> str:
    return "" if run.results.get("done") else "Nothing of it is there to be undone."


RUNS = StateTable[ImportRun](
    [
        Move(RunStatus.UPLOADED, "parse", RunStatus.PARSING, UPLOAD, _unanswered, label="Read the file"),
        Move(RunStatus.FAILED, "parse", RunStatus.PARSING, UPLOAD, _not_readable, label="Read again"),
        Move(RunStatus.PARSED, "parse", RunStatus.PARSING, UPLOAD, label="Check again"),
        Move(RunStatus.PAUSED, "parse", RunStatus.PARSING, UPLOAD, label="Check again"),
        Move(RunStatus.DONE, "parse", RunStatus.PARSING, UPLOAD, _undone, label="Check again"),
        Move(RunStatus.PARSING, "ask", RunStatus.UPLOADED),
        Move(RunStatus.PARSING, "parsed", RunStatus.PARSED),
        # Rows were processed before, and none of those that were checked again is worth processing.
        Move(RunStatus.PARSING, "finish", RunStatus.DONE),
        Move(RunStatus.PARSED, "process", RunStatus.PROCESSING, UPLOAD, _unchecked, label="Process rows"),
        Move(RunStatus.FAILED, "process", RunStatus.PROCESSING, UPLOAD, _unchecked, label="Go on"),
        Move(RunStatus.PAUSED, "process", RunStatus.PROCESSING, UPLOAD, _unchecked, label="Resume"),
        Move(RunStatus.PROCESSING, "pause", RunStatus.PAUSED, UPLOAD, label="Pause"),
        Move(RunStatus.PROCESSING, "finish", RunStatus.DONE),
        Move(RunStatus.DONE, "undo", RunStatus.UNDOING, UPLOAD, _nothing_done, label="Undo"),
        Move(RunStatus.CANCELLED, "undo", RunStatus.UNDOING, UPLOAD, _nothing_done, label="Undo"),
        Move(RunStatus.FAILED, "undo", RunStatus.UNDOING, UPLOAD, _nothing_done, label="Undo"),
        Move(RunStatus.UNDOING, "undone", RunStatus.DONE),
        Move(RunStatus.PARSING, "fail", RunStatus.FAILED),
        Move(RunStatus.PROCESSING, "fail", RunStatus.FAILED),
        Move(RunStatus.UNDOING, "fail", RunStatus.FAILED),
        Move(RunStatus.UPLOADED, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel"),
        Move(RunStatus.PARSING, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel"),
        Move(RunStatus.PARSED, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel"),
        Move(RunStatus.PROCESSING, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel the rest"),
        Move(RunStatus.PAUSED, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel the rest"),
        Move(RunStatus.FAILED, "cancel", RunStatus.CANCELLED, UPLOAD, label="Cancel"),
    ]
)
