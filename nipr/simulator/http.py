"""Requests and responses as values, so that services can be written and tested without a socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from nipr.simulator.faults import Call, Struck

XML = "text/xml; charset=UTF-8"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name in small letters."""
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query string, and a posted form, which some clients send instead."""
        pairs = parse_qsl(urlsplit(self.target).query)
        if self.headers.get("content-type", "").startswith(FORM):
            pairs += parse_qsl(self.body.decode("latin-1"))
        return dict(pairs)


@dataclass(frozen=True, slots=True)
class Response:
    """A whole body, or ``chunks`` of one whose length nobody knows beforehand."""

    status: int = 200
    body: bytes = b""
    content_type: str = XML
    headers: tuple[tuple[str, str], ...] = ()
    chunks: Iterable[bytes] | None = None
    drip_seconds: float = 0.0
    cut: bool = False
    """Promise the whole body, send half of it and hang up."""


@dataclass(frozen=True, slots=True)
class Understood:
    """The call a request makes, and how to answer it under the faults that strike."""

    call: Call
    answer: Callable[[Struck], Response]


class DroppedConnection(Exception):
    """The connection is to be closed without an answer."""


def as_json(value: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(value, default=str).encode(), "application/json")


def refusal(sentence: str, status: int = 400) -> Response:
    return as_json({"error": sentence}, status)
