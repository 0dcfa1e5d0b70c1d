"""Plans: what a dry run would do, as rows and as a file, and carrying one out as it was shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction as database

from appointments.enums import BulkStatus, TransactionKind, TransactionStatus
from appointments.models import BulkRequest
from appointments.services.asking import shelf
from appointments.services.asking.chunks import chunks
from appointments.services.asking.sets import begin
from core.actor import Actor
from core.errors import Conflict

PLAN_HEADER = (
    "Row",
    "External ID",
    "NPN",
    "State",
    "CoCode",
    "Line code",
    "Line",
    "Outcome",
    "Reason",
    "What to do",
    "Just in time",
    "State fee",
    "NIPR fee",
)
ERROR = "error"
BILLED = "billed by the state"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of a plan. ``outcome`` is a status, or ``error`` for a row whose checkpoint failed.

    ``index`` counts from 0; fees are dollars, and a state fee of None is billed by the state.
    """

    index: int
    external_id: str
    npn: str
    state: str
    cocode: str
    loa_code: str
    loa: str
    outcome: str
    reason_code: str
    reason: str
    fix: str
    just_in_time: bool
    state_fee: Decimal | None
    nipr_fee: Decimal | None

    @property
    def outcome_label(self) -> str:
        return "Error" if self.outcome == ERROR else TransactionStatus(self.outcome).label

    def cells(self) -> tuple[Any, ...]:
        """As a row under ``PLAN_HEADER``, counted from 1 as people do."""
        return (
            self.index + 1,
            self.external_id,
            self.npn,
            self.state,
            self.cocode,
            self.loa_code,
            self.loa,
            self.outcome_label,
            self.reason,
            self.fix,
            self.just_in_time,
            BILLED if self.state_fee is None else self.state_fee,
            self.nipr_fee,
        )


def plan_rows(bulk: BulkRequest) -> Iterator[PlanRow]:
    """The lines of a planned request set, in the order of its rows: for ``core.exports`` by their ``cells``."""
    for entry in shelf.read(bulk.plan):
        asked = bulk.requests[entry["index"]]
        if entry["error"]:
            yield _refused(entry, asked)
        for line in entry["transactions"]:
            yield _line(entry, line)


def plan_counts(bulk: BulkRequest) -> dict[tuple[str, str], int]:
    """How many lines have each ``(outcome, reason text)``, the most frequent first."""
    found = Counter((row.outcome, _general(row)) for row in plan_rows(bulk))
    return dict(found.most_common())


def approve_plan(bulk: BulkRequest, actor: Actor, *, wait: bool = False) -> BulkRequest:
    """Carry a planned request set out as it was shown; the new request set comes back.

    Judged anew, what comes out differently is not carried out: the run stops as ``changed``, with what changed in its
    message, and nothing of it is submitted. Raises Conflict when it is no plan, or has been carried out.
    """
    with database.atomic():
        plan = BulkRequest.objects.select_for_update(of=("self",)).get(pk=bulk.pk)
        _refuse_used(plan)
        return begin(
            TransactionKind(plan.kind),
            plan.requests,
            actor=actor,
            wait=wait,
            planned_from=plan,
            flags=_flags(plan),
        )


def plan_again(bulk: BulkRequest, actor: Actor, *, wait: bool = False) -> BulkRequest:
    """A fresh plan of the rows that a run did not carry out; of a plan, of all its rows."""
    rows = bulk.requests
    if not bulk.dry_run:
        done = 0
        left: list[int] = []
        for indexes in chunks(rows):
            left += indexes if done >= bulk.done else []
            done += len(indexes)
        rows = [rows[index] for index in sorted(left)]
    if not rows:
        raise Conflict("Every row has been carried out.", "Ask for something else.")
    flags = _flags(bulk) | {"dry_run": True}
    return begin(TransactionKind(bulk.kind), rows, actor=actor, wait=wait, flags=flags)


def _refuse_used(plan: BulkRequest) -> None:
    if plan.status != BulkStatus.PLANNED:
        raise Conflict("This is not a plan that is ready to be carried out.", "Make a plan first.")
    used = plan.runs.exclude(status=BulkStatus.FAILED, done=0).first()
    if used is not None:
        raise Conflict(
            "This plan has been carried out already.",
            "Look at its result, or make a fresh plan.",
            code="used",
        )


def _flags(bulk: BulkRequest) -> dict[str, bool]:
    names = ("submit", "submit_just_in_time", "show_ineligible")
    return {name: getattr(bulk, name) for name in names}


def _refused(entry: dict[str, Any], asked: dict[str, Any]) -> PlanRow:
    error = entry["error"]
    return PlanRow(
        index=entry["index"],
        external_id=entry["external_id"] or "",
        npn=asked["npn"],
        state=asked["state"],
        cocode=asked["cocode"],
        loa_code="",
        loa=", ".join(asked.get("loa_categories") or asked.get("lines") or ()),
        outcome=ERROR,
        reason_code=error["code"],
        reason=error["message"],
        fix="",
        just_in_time=False,
        state_fee=Decimal("0.00"),
        nipr_fee=Decimal("0.00"),
    )


def _line(entry: dict[str, Any], line: dict[str, Any]) -> PlanRow:
    return PlanRow(
        index=entry["index"],
        external_id=entry["external_id"] or "",
        npn=line["npn"],
        state=line["state"],
        cocode=line["cocode"],
        loa_code=line["loa_code"],
        loa=line["loa"],
        outcome=line["status"],
        reason_code=line["eligibility_reason"]["code"],
        reason=line["eligibility_reason"]["text"],
        fix=_fix(line) if line["status"] == TransactionStatus.NOT_ELIGIBLE else "",
        just_in_time=line["just_in_time"],
        state_fee=_amount(line["state_fee"]),
        nipr_fee=_amount(line["nipr_fee"]),
    )


def _fix(line: dict[str, Any]) -> str:
    """What would mend it: of the decision that settled it."""
    fixes = (decision["fix"]["text"] for decision in reversed(line["decisions"]) if decision["fix"])
    return next(fixes, "")


def _general(row: PlanRow) -> str:
    """The reason without the NPN in it, so that equal reasons are counted as one."""
    return row.reason.replace(f"NPN {row.npn}", "the NPN") if row.outcome == ERROR else row.reason


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
