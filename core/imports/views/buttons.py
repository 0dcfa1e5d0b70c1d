"""What can be done with an upload now, as buttons: from the table of its moves, with the rights that are lacking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from core import words
from core.access import lacking
from core.accounts.models import User
from core.imports.access import UPLOAD
from core.imports.enums import RunStatus
from core.imports.models import ImportRun
from core.imports.transitions import RUNS
from core.imports.types import upload_named
from core.imports.views.counted import Counted
from core.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Button:
    """A link, or a form that posts. ``why_not`` says which right is lacking."""

    label: str
    url: str
    posts: bool = True
    primary: bool = False
    danger: bool = False
    why_not: str = ""


def buttons(run: ImportRun, user: User, counted: Counted) -> list[Button]:
    """The buttons of an upload, the one that leads on first."""
    moves = {move.event: move for move in RUNS.allowed(run)}
    rights = [UPLOAD, upload_named(run.type).right]
    found: list[Button] = []
    if "process" in moves and counted.waiting:
        found.append(_process(run, user, counted))
    if "parse" in moves and run.status != RunStatus.UPLOADED and not unreadable(run):
        label = "Check again" if run.parsed_at else moves["parse"].label
        leads = run.check_due or not run.parsed_at
        found.append(Button(label, _to("check", run), primary=leads, why_not=lack(user, rights)))
    if "pause" in moves:
        found.append(Button("Pause", _to("pause", run), why_not=lacking(user, UPLOAD)))
    if "cancel" in moves and not _nothing_left(run, counted):
        read = run.status != RunStatus.FAILED or run.parsed_at is not None
        label = moves["cancel"].label if read else "Leave it"
        found.append(Button(label, _to("cancel", run), danger=read, why_not=lacking(user, UPLOAD)))
    if can_be_undone(run):
        needed = [UPLOAD, *upload_named(run.type).rights(run.options)]
        found.append(Button("Undo…", _to("undo", run), posts=False, danger=True, why_not=lack(user, needed)))
    return found


def unreadable(run: ImportRun) -> bool:
    """Whether its file was refused for what it is, so that reading it again would come to the same."""
    if run.status != RunStatus.FAILED or run.parsed_at or run.job_id is None:
        return False
    # A refusal stands on the job as it stands here; of a fault of ours, or a job that died, each is told its own way.
    job = Job.objects.filter(pk=run.job_id).only("error").first()
    return job is not None and bool(run.message) and job.error.startswith(run.message)


def _nothing_left(run: ImportRun, counted: Counted) -> bool:
    """Whether every row is done already, and nothing follows that cancelling would stop."""
    spends = upload_named(run.type).spends(run.options)
    return run.status == RunStatus.PROCESSING and not counted.waiting and not spends


def lack(user: User, rights: Sequence[str]) -> str:
    """The first right that is lacking, in words; blank for who holds them all."""
    return next((sentence for right in rights if (sentence := lacking(user, right))), "")


def can_be_undone(run: ImportRun) -> bool:
    """Whether there is anything to take back, and its type knows how."""
    possible = any(move.event == "undo" for move in RUNS.allowed(run))
    return possible and upload_named(run.type).can_be_undone


def _process(run: ImportRun, user: User, counted: Counted) -> Button:
    upload = upload_named(run.type)
    why_not = lack(user, [UPLOAD, *upload.rights(run.options)])
    cents = int(run.foreseen.get("cost_cents", 0))
    agreed = not upload.spends(run.options) or run.confirmed_cents == cents
    if run.status == RunStatus.PAUSED and agreed:
        return Button("Resume", _to("resume", run), primary=True, why_not=why_not)
    if not agreed:
        label = f"Process and submit for {words.money(cents)}…"
        return Button(label, _to("process", run), posts=False, primary=True, why_not=why_not)
    going_on = run.status == RunStatus.FAILED
    label = "Go on" if going_on else process_words(run, counted)
    return Button(label, _to("process", run), primary=True, why_not=why_not)


def process_words(run: ImportRun, counted: Counted) -> str:
    """``Process 3 rows``, with what that spends although no option says so."""
    spending = upload_named(run.type).spending_in_words(run.foreseen)
    return f"Process {words.counted(counted.waiting, 'row')}{', ' if spending else ''}{spending}"


def _to(step: str, run: ImportRun) -> str:
    return reverse(f"imports:{step}", args=[run.pk])
