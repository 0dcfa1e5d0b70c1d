"""What scorecards add to the pages of lower rooms. Introduced in ``agentsync/wiring.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from producers import page
from producers.as_of import AsOf
from producers.facts import assignment_fact
from producers.models import Producer, ProducerAssignment
from scorecards import selectors
from scorecards.access import VIEW_SCORECARDS
from scorecards.what_if import what_if_assignment


def introduce() -> None:
    """A tab and a glance on the producer page, and what an unsaved assignment would change."""
    page.register_tab(
        "scorecards", "Scorecards", _scorecards, "scorecards/tab.html", 40, right=VIEW_SCORECARDS
    )
    page.register_panel("scorecards", _scorecards, "scorecards/panel.html", 10, right=VIEW_SCORECARDS)
    page.use_assignment_preview(_preview)


def _scorecards(producer: Producer, as_of: AsOf) -> Mapping[str, Any]:
    return {"scorecards": list(selectors.scorecards_of(producer)), "as_of": as_of}


def _preview(
    producer: Producer, current: ProducerAssignment | None, wanted: ProducerAssignment
) -> tuple[str, Mapping[str, Any]]:
    running = assignment_fact(current) if current else None
    return "scorecards/what_if.html", {
        "what_if": what_if_assignment(producer.pk, assignment_fact(wanted), running)
    }
