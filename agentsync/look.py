"""How the back office looks and how one walks through it (django-unfold's settings)."""

from __future__ import annotations

from typing import Any

from agentsync.environment import Stage


def look(stage: Stage) -> dict[str, Any]:
    """The UNFOLD setting."""
    return {
        "SITE_TITLE": "AgentSync",
        "SITE_HEADER": "AgentSync",
        "SITE_SYMBOL": "verified_user",
        "SITE_URL": None,
        "SHOW_HISTORY": True,
        "SHOW_VIEW_ON_SITE": False,
        "ENVIRONMENT": None if stage is Stage.PRODUCTION else [stage.value.capitalize(), "info"],
    }
