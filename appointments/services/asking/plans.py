"""Plans: what a dry run would do, as rows and as a file, and carrying one out as it was shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from appointments.models import BulkRequest
from core.actor import Actor

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


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of a plan. ``outcome`` is a status, or ``error`` for a row whose checkpoint failed."""

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
    """None: the state bills it."""
    nipr_fee: Decimal | None
    effective_date: date | None = None

    def cells(self) -> tuple[Any, ...]:
        """As a row under ``PLAN_HEADER``."""
        raise NotImplementedError


def plan_rows(bulk: BulkRequest) -> Iterator[PlanRow]:
    """The lines of a planned request set, in the order of its rows."""
    raise NotImplementedError


def plan_counts(bulk: BulkRequest) -> dict[tuple[str, str], int]:
    """How many lines have each ``(outcome, reason text)``."""
    raise NotImplementedError


def approve_plan(bulk: BulkRequest, actor: Actor, *, wait: bool = False) -> BulkRequest:
    """Carry a planned request set out as it was shown; the new request set comes back.

    What comes out differently meanwhile is not carried out: the run stops as ``changed``.
    """
    raise NotImplementedError
