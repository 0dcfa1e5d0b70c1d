"""The tabs of the producer page that this room fills itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from producers.access import VIEW_CHANGES, VIEW_LICENSES, VIEW_REGULATORY_ACTIONS
from producers.as_of import AsOf
from producers.directory import company_names
from producers.models import Producer
from producers.page import register_tab
from producers.selectors import (
    assignments_of,
    changes_of,
    contact_of,
    licenses_of,
    regulatory_actions_of,
)
from producers.states import state_names

SHOWN_ROWS = 100
"""Changes on the page; the inbox shows the rest."""


def register_own_tabs() -> None:
    """Called once by ``agentsync/wiring.py``. Orders leave room between, for appointments (20) and scorecards (40)."""
    register_tab("licenses", "Licenses", _licenses, "producers/tabs/licenses.html", 10, right=VIEW_LICENSES)
    register_tab("assignments", "Assignments", _assignments, "producers/tabs/assignments.html", 30)
    register_tab("changes", "Changes", _changes, "producers/tabs/changes.html", 50, right=VIEW_CHANGES)
    actions = "producers/tabs/regulatory_actions.html"
    register_tab("actions", "Regulatory actions", _actions, actions, 60, right=VIEW_REGULATORY_ACTIONS)
    register_tab("contact", "Names & addresses", _contact, "producers/tabs/contact.html", 70)
    register_tab("history", "History", _history, "producers/tabs/history.html", 90)


def _licenses(producer: Producer, as_of: AsOf) -> Mapping[str, Any]:
    return {"licenses": licenses_of(producer, as_of), "state_names": state_names()}


def _assignments(producer: Producer, as_of: AsOf) -> Mapping[str, Any]:
    assignments = list(assignments_of(producer))
    cocodes = {cocode for assignment in assignments for cocode in assignment.cocodes}
    return {"assignments": assignments, "company_names": company_names(cocodes)}


def _changes(producer: Producer, as_of: AsOf) -> Mapping[str, Any]:
    changes = list(changes_of(producer, as_of)[:SHOWN_ROWS])
    unseen = any(change.acknowledged_at is None for change in changes)
    return {"changes": changes, "unseen": unseen, "shown_rows": SHOWN_ROWS}


def _actions(producer: Producer, as_of: AsOf) -> Mapping[str, Any]:
    return {"regulatory_actions": regulatory_actions_of(producer, as_of)}


def _contact(producer: Producer, as_of: AsOf) -> Mapping[str, Any]:
    return {"contact": contact_of(producer, as_of)}


def _history(producer: Producer, as_of: AsOf) -> Mapping[str, Any]:
    return {}
