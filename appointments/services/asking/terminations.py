"""Asking for the end of appointments, one or many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from appointments.enums import TransactionKind
from appointments.models import BulkRequest
from appointments.services.asking.requests import Faults, TerminationAsked, read_terminations
from appointments.services.asking.sets import begin
from core.actor import Actor
from producers.states import state_names


def ask_terminations(
    requests: Sequence[Mapping[str, Any]],
    *,
    submit: bool = False,
    dry_run: bool = False,
    actor: Actor,
    wait: bool = False,
    bulk_id: UUID | None = None,
) -> BulkRequest:
    """Judge, price and write terminations. A request names lines by code, name or category: all that match end.

    Optional besides the fields of the API: ``appointment_id``, which takes exactly that row of the registry and needs
    neither lines nor a CoCode, and ``county_code``. Raises as ``ask_appointments`` does.
    """
    return begin(
        TransactionKind.TERMINATION,
        [row.as_json() for row in read(requests)],
        actor=actor,
        wait=wait,
        bulk_id=bulk_id,
        flags={"submit": submit, "dry_run": dry_run},
    )


def read(requests: Sequence[Mapping[str, Any]]) -> list[TerminationAsked]:
    """The requests as values; InvalidInput with everything that is wrong with any of them."""
    faults = Faults()
    asked = examine(requests, faults)
    faults.refuse()
    return asked


def examine(requests: Sequence[Mapping[str, Any]], faults: Faults) -> list[TerminationAsked]:
    """The requests as values, one for each; everything that is wrong with any of them is added to ``faults``."""
    return read_terminations(requests, state_names(), faults)
