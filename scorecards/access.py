"""The rights of this room, by the names screens, the API and services use."""

from __future__ import annotations

from typing import Final

VIEW_SCORECARDS: Final = "scorecards.view_scorecard"
