"""Asking for the end of appointments, one or many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from appointments.models import BulkRequest
from core.actor import Actor


def ask_terminations(
    requests: Sequence[Mapping[str, Any]],
    *,
    submit: bool = False,
    dry_run: bool = False,
    actor: Actor,
    wait: bool = False,
    bulk_id: UUID | None = None,
) -> BulkRequest:
    """Judge, price and write terminations. A request names lines by code, name or category.

    Optional besides the fields of the API: ``appointment_id``, which takes exactly that row of the registry, and
    ``county_code``. ``bulk_id`` as for appointments.
    """
    raise NotImplementedError
