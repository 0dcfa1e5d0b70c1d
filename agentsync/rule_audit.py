"""Every change of the rule book goes into the audit trail, in its transaction."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from core.actor import Actor, ActorKind
from core.audit import services as audit
from rulebook.models import LineOfAuthority, StateRule


def write_rule_change(
    *,
    action: str,
    override: StateRule | LineOfAuthority | None,
    jurisdictions: Collection[str],
    fields: Collection[str],
    author_label: str,
    user_id: int | None,
    reason: str,
    **_: Any,
) -> None:
    """The receiver of ``rulebook.signals.rule_changed``."""
    if override is None:
        changes = {
            "states": [None, ", ".join(sorted(jurisdictions))],
            "fields": [None, ", ".join(sorted(fields))],
        }
    else:
        changes = _changes(override)
    kind = ActorKind.TASK if action == "loaded" else ActorKind.API_CLIENT
    actor = Actor(ActorKind.PERSON if user_id else kind, user_id, author_label)
    audit.record(f"rulebook.{action}", actor=actor, subject=override, changes=changes, reason=reason)


def _changes(override: StateRule | LineOfAuthority) -> dict[str, list[Any]]:
    """What was said or taken back, and for which days."""
    if isinstance(override, StateRule):
        said = {
            override.field: override.value,
            "effective_from": _iso(override.effective_from),
            "effective_to": _iso(override.effective_to),
        }
    else:
        said = {"name": override.name, "categories": override.categories}
    return {name: [value, None] if override.is_withdrawn else [None, value] for name, value in said.items()}


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
