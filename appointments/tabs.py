"""What this room adds to the producer page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from appointments.access import VIEW_APPOINTMENTS
from appointments.selectors.records import appointments_of
from producers.as_of import AsOf
from producers.models import Producer
from producers.page import register_tab


def register_own_tabs() -> None:
    """Called once by ``agentsync/wiring.py``."""
    template = "appointments/tabs/appointments.html"
    register_tab("appointments", "Appointments", _appointments, template, 20, right=VIEW_APPOINTMENTS)


def _appointments(producer: Producer, as_of: AsOf) -> Mapping[str, Any]:
    return {"companies": appointments_of(producer, as_of)}
