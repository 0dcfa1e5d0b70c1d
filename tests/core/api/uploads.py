"""Uploads in the places where each address finds one, for whoever tries the routes."""

from __future__ import annotations

from core import clock
from core.imports.enums import Outcome, Question, RunStatus
from core.imports.models import ImportRow, ImportRun

ROW = 2
FIRST = 700_001
"""Far from the numbers that a test will give."""
FILE = b"agency_npn,agency_name,first_name,last_name,agent_npn\n88200001,Blue Harbor,Ole,Borg,88100002\n"
HEADERS = ["agency_npn", "agency_name", "first_name", "last_name", "agent_npn"]
CELLS = dict(zip(HEADERS, ["88200001", "Blue Harbor", "Ole", "Borg", "88100002"], strict=True))
S = RunStatus
#: For the last part of an address the state in which an upload is found there.
STATUSES = {
    "process": S.PARSED,
    "pause": S.PROCESSING,
    "resume": S.PAUSED,
    "cancel": S.PARSED,
    "check": S.PARSED,
    "undo": S.DONE,
    "columns": S.UPLOADED,
    "": S.PARSED,
}


def for_route(route: str) -> int:
    """The number of the upload for an address."""
    last = route.rpartition("/")[2]
    return FIRST + list(STATUSES).index(last if last in STATUSES else "")


def write_uploads() -> None:
    """One upload of producers in each place, with one row; nobody in the cast has uploaded them."""
    for number, (_part, status) in enumerate(STATUSES.items(), start=FIRST):
        asks = status == S.UPLOADED
        begun = status in {S.PROCESSING, S.PAUSED, S.DONE}
        ImportRun.objects.create(
            pk=number,
            check_due=False,
            type="agent",
            file_name="class.csv",
            file_size=len(FILE),
            fingerprint=f"print {number}",
            headers=["number", *HEADERS[:-1]] if asks else HEADERS,
            columns=["", *HEADERS[:-1]] if asks else HEADERS,
            options={},
            status=status,
            question=Question.COLUMNS if asks else Question.NONE,
            rows_total=0 if asks else 1,
            counts={} if asks else {Outcome.NEW: 1},
            results={"done": 1} if status == S.DONE else {},
            asked_by_kind="person",
            asked_by_label="Nora Night",
            parsed_at=None if asks else clock.now(),
            started_at=clock.now() if begun else None,
            kept_until=clock.today(),
        )
        if not asks:
            state = "done" if status == S.DONE else ""
            ImportRow.objects.create(
                run_id=number, number=ROW, label="Ole Borg", cells=CELLS, outcome=Outcome.NEW, state=state
            )
