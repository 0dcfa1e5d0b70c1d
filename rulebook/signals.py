"""What the rule book tells the rooms above it, inside the transaction that changes it."""

from __future__ import annotations

from django.dispatch import Signal

rule_changed = Signal()
"""Answers may differ from now on. Sent by every service and by the loader, with

jurisdictions: frozenset[str] of state codes ("US" stands for every state),
fields: frozenset[str] of rule fields, or "lines" / "classes" / "fees" / "termination_reasons",
override: the StateRule or LineOfAuthority that was added or withdrawn, or None for a load,
action: "override_added" | "override_withdrawn" | "line_mended" | "loaded",
author_label: str and user_id: int | None, who asked, reason: str.
"""
