"""Asking for appointments and terminations over REST, up to ten thousand at a time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from appointments import access
from appointments.api.asking_shapes import (
    BulkAnswerSerializer,
    BulkAppointmentsSerializer,
    BulkTerminationsSerializer,
)
from appointments.api.fields import IDEMPOTENCY_KEY, PREFER
from appointments.enums import BulkStatus, TransactionKind
from appointments.models import BulkRequest
from appointments.services.asking import appointments, terminations
from appointments.services.asking.answer import answer_of, answer_text, summary_of
from appointments.services.asking.requests import AT_ONCE, Asked
from core.access import require_right
from core.actor import Actor
from core.api.principals import SUBMIT, ApiClient
from core.api.serializers import StrictSerializer
from core.api.views import ApiView
from core.errors import DomainError

STREAMED_FROM = 500
"""Requests from which on an answer is sent in pieces, as it is read."""
UNDER_WAY = (BulkStatus.QUEUED, BulkStatus.RUNNING)
_IDS = uuid.UUID("6f0f1f7e-6a0e-4e0b-9d0c-3b8a4d1c2e57")
"""The name space of ids that are made from keys: never change it."""


class KeyUsed(DomainError):
    """The key was used for another request, so long ago that its answer is no longer kept."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request.",
            "Use a new key for a new request.",
        )


class BulkView(ApiView):
    """What both kinds share."""

    kind: ClassVar[TransactionKind]
    body_class: ClassVar[type[StrictSerializer]]
    place: ClassVar[str]
    idempotency_key_required: ClassVar = True
    required_rights: ClassVar = {"POST": access.PREPARE}

    def ask(self, said: dict[str, Any], wait: bool, bulk_id: uuid.UUID) -> BulkRequest:
        """Hand the body to the service."""
        raise NotImplementedError

    def read(self, rows: list[Any]) -> Sequence[Asked]:
        """The requests as the service reads them."""
        raise NotImplementedError

    def answer(self, request: Request) -> Response:
        """Read the body, ask, and answer with what came of it or where that will be."""
        body = self.body_class(data=request.data)
        body.is_valid(raise_exception=True)
        said: dict[str, Any] = body.validated_data
        if said["submit"] or said.get("submit_just_in_time"):
            _require_spending(request)
        wait = len(said["requests"]) <= AT_ONCE and _prefers_sync(request)
        return self._told(self._asked(request, said, wait), wait)

    def _asked(self, request: Request, said: dict[str, Any], wait: bool) -> BulkRequest:
        """Once a key: even when its answer is forgotten, what it asked for is not asked for again."""
        bulk_id = _id_of_key(self.actor, request.headers.get("Idempotency-Key", ""))
        earlier = BulkRequest.objects.filter(pk=bulk_id).first()
        if earlier is None:
            return self.ask(said, wait, bulk_id)
        if earlier.kind != self.kind or not self._is_same(earlier, said):
            raise KeyUsed
        return earlier

    def _is_same(self, earlier: BulkRequest, said: dict[str, Any]) -> bool:
        flags = said.keys() - {"requests"}
        if any(getattr(earlier, flag) != said[flag] for flag in flags):
            return False
        rows = [row.as_json() for row in self.read(said["requests"])]
        return json.dumps(earlier.requests, sort_keys=True) == json.dumps(rows, sort_keys=True)

    def _told(self, bulk: BulkRequest, wait: bool) -> Response:
        headers = {"Location": reverse(self.place, args=[bulk.pk])}
        if wait and bulk.status not in UNDER_WAY:
            return Response(answer_of(bulk), headers={**headers, "Preference-Applied": "respond-sync"})
        data = {**summary_of(bulk), "requests": []}
        return Response(data, status=status.HTTP_202_ACCEPTED, headers=headers)


class BulkAppointments(BulkView):
    """Asking for appointments."""

    kind: ClassVar = TransactionKind.APPOINTMENT
    body_class: ClassVar = BulkAppointmentsSerializer
    place: ClassVar = "api-bulk-appointment"

    @extend_schema(
        operation_id="bulk_appointments_create",
        parameters=[IDEMPOTENCY_KEY, PREFER],
        request=BulkAppointmentsSerializer,
        responses={200: BulkAnswerSerializer, 202: BulkAnswerSerializer},
    )
    def post(self, request: Request) -> Response:
        """Judge each line, write a transaction for it, and send those that may be sent where told to."""
        return self.answer(request)

    def ask(self, said: dict[str, Any], wait: bool, bulk_id: uuid.UUID) -> BulkRequest:
        return appointments.ask_appointments(**said, actor=self.actor, wait=wait, bulk_id=bulk_id)

    def read(self, rows: list[Any]) -> Sequence[Asked]:
        return appointments.read(rows)


class BulkTerminations(BulkView):
    """Asking for the end of appointments."""

    kind: ClassVar = TransactionKind.TERMINATION
    body_class: ClassVar = BulkTerminationsSerializer
    place: ClassVar = "api-bulk-termination"

    @extend_schema(
        operation_id="bulk_terminations_create",
        parameters=[IDEMPOTENCY_KEY, PREFER],
        request=BulkTerminationsSerializer,
        responses={200: BulkAnswerSerializer, 202: BulkAnswerSerializer},
    )
    def post(self, request: Request) -> Response:
        """Judge each appointment named, write a transaction for it, and send those that may be sent if told to."""
        return self.answer(request)

    def ask(self, said: dict[str, Any], wait: bool, bulk_id: uuid.UUID) -> BulkRequest:
        return terminations.ask_terminations(**said, actor=self.actor, wait=wait, bulk_id=bulk_id)

    def read(self, rows: list[Any]) -> Sequence[Asked]:
        return terminations.read(rows)


class BulkAnswer(ApiView):
    """What came of a bulk request."""

    kind: ClassVar[TransactionKind]
    required_rights: ClassVar = {"GET": access.VIEW_TRANSACTIONS}

    def told(self, bulk_id: uuid.UUID) -> HttpResponseBase:
        """The answer; while it is being worked on, what there is of it."""
        bulk = get_object_or_404(BulkRequest, pk=bulk_id, kind=self.kind)
        headers = {"Retry-After": "1"} if bulk.status in UNDER_WAY else {}
        if len(bulk.requests) < STREAMED_FROM:
            return Response(answer_of(bulk), headers=headers)
        return StreamingHttpResponse(answer_text(bulk), content_type="application/json", headers=headers)


class BulkAppointmentsAnswer(BulkAnswer):
    """Of appointments."""

    kind: ClassVar = TransactionKind.APPOINTMENT

    @extend_schema(operation_id="bulk_appointments_read", responses=BulkAnswerSerializer)
    def get(self, request: Request, bulk_id: uuid.UUID) -> HttpResponseBase:
        """What came of each request, in the order of the body."""
        return self.told(bulk_id)


class BulkTerminationsAnswer(BulkAnswer):
    """Of terminations."""

    kind: ClassVar = TransactionKind.TERMINATION

    @extend_schema(operation_id="bulk_terminations_read", responses=BulkAnswerSerializer)
    def get(self, request: Request, bulk_id: uuid.UUID) -> HttpResponseBase:
        """What came of each request, in the order of the body."""
        return self.told(bulk_id)


def _require_spending(request: Request) -> None:
    caller: Any = request.user
    if not isinstance(caller, ApiClient):
        require_right(caller, access.SUBMIT)
    elif SUBMIT not in caller.scopes:
        raise PermissionDenied(f"The token lacks the scope “{SUBMIT}”.", code="insufficient_scope")


def _prefers_sync(request: Request) -> bool:
    wishes = request.headers.get("Prefer", "").split(",")
    return any(wish.partition(";")[0].strip().lower() == "respond-sync" for wish in wishes)


def _id_of_key(actor: Actor, key: str) -> uuid.UUID:
    caller = f"client:{actor.client_id}" if actor.client_id else f"user:{actor.user_id}"
    return uuid.uuid5(_IDS, f"{caller}\n{key}")
