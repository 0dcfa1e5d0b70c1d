"""What higher rooms may listen to. Receivers are connected in ``agentsync/wiring.py``."""

from __future__ import annotations

from django.dispatch import Signal

facts_changed = Signal()
"""Registry facts of some producers changed.

Sent inside the transaction with ``producer_ids: set[int]``, ``known_at``."""

assignments_changed = Signal()
"""Assignments were added, edited or ended. Sent inside the transaction with ``producer_ids: set[int]``."""

refresh_asked = Signal()
"""Somebody wants what follows from the facts of some producers worked out again now, though the facts have not
changed. Sent inside the transaction with ``producer_ids: set[int]``, ``actor: Actor``."""
