"""What was chosen in a list, kept for a while, so that a page of its own can ask what is to be done with it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from appointments import access
from appointments.models import Appointment
from core.actor import Actor
from core.errors import Conflict
from core.lists.definition import BulkAction
from producers.models import Producer

KEPT_FOR = 4 * 3600
MOST = 10_000
"""Requests that one request set takes."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Primary keys chosen by one person, who alone may open them."""

    token: str
    ids: list[int]


def keep(what: str, rows: QuerySet[Any], actor: Actor) -> Selection:
    """Keep the rows chosen. More than a request set takes are refused with a sentence."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        raise Conflict(
            f"At most {MOST:,} can be done at once, and this is more.",
            "Filter the list further and do the rest after.",
        )
    token = secrets.token_urlsafe(16)
    cache.set(_key(what, token, actor.user_id), ids, KEPT_FOR)
    return Selection(token, ids)


def find(what: str, token: str, actor: Actor) -> Selection | None:
    """What this person kept under the token; None when it is not theirs, or was too long ago."""
    ids = cache.get(_key(what, token[:40], actor.user_id)) if token else None
    return None if ids is None else Selection(token, ids)


def _key(what: str, token: str, user_id: int | None) -> str:
    return f"selection:{what}:{user_id}:{''.join(each for each in token if each.isalnum() or each in '-_')}"


def _leads_to(name: str, what: str) -> Callable[[QuerySet[Any], Actor], str | HttpResponse]:
    """An action that keeps the rows and opens the page where the rest is said."""

    def run(rows: QuerySet[Any], actor: Actor) -> str | HttpResponse:
        selection = keep(what, rows, actor)
        return redirect(f"{reverse(name)}?{urlencode({'selection': selection.token})}")

    return run


TERMINATE: BulkAction[Appointment] = BulkAction(
    "terminate",
    "Terminate…",
    _leads_to("appointments:terminate_many", "appointments"),
    access.PREPARE,
    danger=True,
)
APPOINT: BulkAction[Producer] = BulkAction(
    "appoint", "Appoint…", _leads_to("appointments:bulk_appoint", "producers"), access.PREPARE
)
"""For the lists of producers and agencies, which a lower room owns."""
