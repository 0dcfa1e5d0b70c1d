"""What may be done with an upload, in the words of the addresses under which it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.errors import Conflict
from core.imports.enums import Question, RunStatus
from core.imports.models import ImportRun
from core.imports.selectors import may
from core.imports.transitions import RUNS
from core.state_table import HasRight

EVENTS: Final = {
    "check": "parse",
    "process": "process",
    "resume": "process",
    "pause": "pause",
    "cancel": "cancel",
    "undo": "undo",
}
"""For the last part of an address the event that it is."""
STOPPED: Final = (RunStatus.PAUSED, RunStatus.FAILED)


def possible(run: ImportRun, has_right: HasRight) -> list[str]:
    """The last parts of the addresses that would be answered now, for somebody with these rights.

    ``rows``: they can be mended.
    """
    found = [name for name, event in EVENTS.items() if _fits(name, run) and may(run, event, has_right)]
    if may(run, "mend", has_right):
        found.append("rows")
    if run.question == Question.COLUMNS and may(run, "cancel", has_right):
        found.append("columns")
    return found


@contextmanager
def named_as_addresses(run: ImportRun) -> Iterator[None]:
    """Let a refusal name what is possible instead by address, and nothing that would be refused as well."""
    try:
        yield
    except Conflict as refusal:
        events = {move.event for move in RUNS.allowed(run)} & set(refusal.allowed)
        refusal.allowed = [name for name, event in EVENTS.items() if event in events and _fits(name, run)]
        if refusal.code == "wrong_state":
            now = ", ".join(refusal.allowed)
            refusal.fix = f"Possible now: {now}." if now else "Nothing else can be done with it now."
        raise


def _fits(name: str, run: ImportRun) -> bool:
    """One event begins and goes on, and reads and checks again: which it is depends on where the upload is."""
    match name:
        case "process":
            return run.status not in STOPPED
        case "resume":
            return run.status in STOPPED
        case _:
            return True
