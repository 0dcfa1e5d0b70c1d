"""Asking for appointments, one or ten thousand at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from appointments.models import BulkRequest
from core.actor import Actor


def ask_appointments(
    requests: Sequence[Mapping[str, Any]],
    *,
    submit: bool = False,
    submit_just_in_time: bool = False,
    dry_run: bool = False,
    show_ineligible: bool = True,
    actor: Actor,
    wait: bool = False,
    bulk_id: UUID | None = None,
) -> BulkRequest:
    """Judge, price and write appointments for 1 to 10,000 requests; with ``dry_run`` only plan them.

    With ``wait`` up to 100 are done at once and come back done; else a job does them. Raises InvalidInput, with a
    path for each fault, before anything is written. ``bulk_id`` is the id of the request set, where the caller has one
    that must not be used twice.
    """
    raise NotImplementedError
