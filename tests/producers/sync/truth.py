"""What is on file against what the registry holds, fact by fact."""

from __future__ import annotations

from typing import Any

from appointments.models import Appointment
from appointments.sync import appointment_rows
from nipr.wire.messages import EntityReport
from producers.models import Producer, RegistryFact
from producers.sync.mapping import FACT_MODELS, report_rows
from producers.sync.rows import Notes, finished

UNTOLD = {"position", "license_position", "producer_id"}
Facts = dict[str, list[tuple[Any, ...]]]


def known(producer: Producer, *, without: frozenset[str] = frozenset()) -> Facts:
    """The current facts of a producer."""
    return {
        model.__name__: _values(
            model.objects.filter(producer=producer, known_to=None, removed_at=None), model, without
        )
        for model in (*FACT_MODELS, Appointment)
    }


def told(report: EntityReport, *, without: frozenset[str] = frozenset()) -> Facts:
    """The same, as a full report would have it."""
    rows = report_rows(0, report, Notes())
    rows[Appointment] = finished(appointment_rows(0, report.appointments), Notes())
    return {model.__name__: _values(found, model, without) for model, found in rows.items()}


def _values(rows: Any, model: type[RegistryFact], without: frozenset[str]) -> list[tuple[Any, ...]]:
    left_out = UNTOLD | model.BOOKKEEPING | without
    names = [name for name in (*model.NATURAL_KEY, *model.COMPARED) if name not in left_out]
    return sorted(tuple(str(getattr(row, name)) for name in names) for row in rows)
