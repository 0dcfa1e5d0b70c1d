"""What this room adds to the producer page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from appointments.access import PREPARE, VIEW_APPOINTMENTS
from appointments.selectors.records import appointments_of
from producers.as_of import AsOf
from producers.models import Producer
from producers.page import Action, register_action, register_tab


def register_own_tabs() -> None:
    """Called once by ``agentsync/wiring.py``."""
    template = "appointments/tabs/appointments.html"
    register_tab("appointments", "Appointments", _appointments, template, 20, right=VIEW_APPOINTMENTS)


def register_actions() -> None:
    """The buttons of the producer page. Called once by ``agentsync/wiring.py``."""
    register_action("quick_appoint", _quick_appoint, 10)
    register_action("terminate", _terminate, 20)


def _appointments(producer: Producer, as_of: AsOf) -> Mapping[str, Any]:
    return {"companies": appointments_of(producer, as_of)}


def _quick_appoint(producer: Producer) -> Action:
    url = reverse("appointments:quick_appoint", args=[producer.pk])
    return Action("Quick appoint", url, "add_task", PREPARE)


def _terminate(producer: Producer) -> Action:
    return Action("Terminate", reverse("appointments:terminate", args=[producer.pk]), "link_off", PREPARE)
