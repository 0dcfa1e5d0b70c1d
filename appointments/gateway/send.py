"""One document from its claim to its answer."""

from __future__ import annotations


def send_due(max_documents: int | None = None) -> int:
    """Send what is due, document after document; how many transactions left."""
    return 0
