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
    if "parse" in moves and run.status != RunStatus.UPLOADED:
        label = "Check again" if run.parsed_at else moves["parse"].label
        leads = run.check_due or not run.parsed_at
        found.append(Button(label, _to("check", run), primary=leads, why_not=lack(user, rights)))
    if "pause" in moves:
        found.append(Button("Pause", _to("pause", run), why_not=lacking(user, UPLOAD)))
    if "cancel" in moves:
        found.append(
            Button(moves["cancel"].label, _to("cancel", run), danger=True, why_not=lacking(user, UPLOAD))
        )
    if can_be_undone(run):
        found.append(Button("Undo…", _to("undo", run), posts=False, danger=True, why_not=lack(user, rights)))
    return found


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
    label = "Go on" if going_on else f"Process {words.counted(counted.waiting, 'row')}"
    return Button(label, _to("process", run), primary=True, why_not=why_not)


def _to(step: str, run: ImportRun) -> str:
    return reverse(f"imports:{step}", args=[run.pk])
