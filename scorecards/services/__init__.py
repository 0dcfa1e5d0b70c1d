"""Writes of this room: scorecards are made, marked stale and computed here; nobody edits a cell."""

from scorecards.services.computing import Refreshed, refresh, refresh_all_stale
from scorecards.services.creation import ensure_scorecards
from scorecards.services.staleness import ask_refresh, mark_stale, mark_stale_by_calendar

__all__ = [
    "Refreshed",
    "ask_refresh",
    "ensure_scorecards",
    "mark_stale",
    "mark_stale_by_calendar",
    "refresh",
    "refresh_all_stale",
]
