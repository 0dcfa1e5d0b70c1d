"""What this room tells higher ones, after commit."""

from __future__ import annotations

from django.dispatch import Signal

transactions_moved = Signal()
"""``producer_ids``: transactions of these producers were made, opened or closed."""
