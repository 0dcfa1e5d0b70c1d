"""Template tags every app may use."""

from __future__ import annotations

from typing import Any

from django import template
from django.db import models

from core.audit.selectors import history_for

register = template.Library()
#: Entries in a history tab; the audit page has the rest.
HISTORY_ROWS = 100


@register.inclusion_tag("core/audit/history.html")
def history_of(record: models.Model) -> dict[str, Any]:
    """The history tab of a record: what was done to it, by whom, when and why."""
    entries = list(history_for(record)[: HISTORY_ROWS + 1])
    return {"entries": entries[:HISTORY_ROWS], "more": len(entries) > HISTORY_ROWS}
