"""Entity tags: a client changes only what it has read."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import models
from django.http import HttpRequest
from rest_framework.request import Request

from core.api.problems import PreconditionFailed


def etag(*parts: object) -> str:
    """The tag of what the parts say: records (by their ``version`` or ``updated_at``) or any plain values."""
    text = "\0".join(_said(part) for part in parts)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def check_if_match(request: Request | HttpRequest, current: str) -> None:
    """Raise 412 when the client names another tag in If-Match; a client that names none takes its chance."""
    wanted = request.headers.get("If-Match", "")
    if wanted and not _names(wanted, current):
        raise PreconditionFailed


def is_unchanged(request: Request | HttpRequest, current: str) -> bool:
    """Whether the client has this very state (If-None-Match): answer 304 then."""
    wanted = request.headers.get("If-None-Match", "")
    return bool(wanted) and _names(wanted.replace("W/", ""), current)


def _names(header: str, tag: str) -> bool:
    return header.strip() == "*" or tag in {each.strip() for each in header.split(",")}


def _said(part: object) -> str:
    if isinstance(part, models.Model):
        state = getattr(part, "version", None) or getattr(part, "updated_at", None)
        return f"{part._meta.label_lower} {part.pk} {_said(state)}"
    return part.isoformat() if isinstance(part, datetime) else str(part)
