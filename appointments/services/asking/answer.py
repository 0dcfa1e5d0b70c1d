"""What a request set came to, in the shape of the REST API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from appointments.models import BulkRequest


def answer_of(bulk: BulkRequest) -> dict[str, Any]:
    """``{"id", "status", "message", "requests": [...], "counts", "cost"}``; amounts are text with two decimals."""
    raise NotImplementedError


def request_answers(bulk: BulkRequest) -> Iterator[dict[str, Any]]:
    """The rows under ``requests`` one by one, in the order in which they were asked for."""
    raise NotImplementedError


def summary_of(bulk: BulkRequest) -> dict[str, Any]:
    """The answer without its requests: id, status, message, counts and cost."""
    raise NotImplementedError


def answer_text(bulk: BulkRequest) -> Iterator[str]:
    """The whole answer as JSON in pieces, for a streamed reply."""
    raise NotImplementedError
