"""The library over the API. Who may call is the project's permission; which scope a method needs stands here."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Refusal
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rulebook import clock, library, selectors, services
from rulebook.access import CHANGE_LINES, CHANGE_RULES
from rulebook.api.serializers import (
    LineBody,
    LineShape,
    OverrideBody,
    OverrideShape,
    StateShape,
    line_json,
    override_json,
    state_json,
)
from rulebook.models import Jurisdiction

DAY = OpenApiParameter("on", date, description="The day whose rules are asked for; today when absent.")


class LibraryView(APIView):
    """What the library's views share. A person at a session also needs the right; a client has its scopes."""

    required_scopes: ClassVar[dict[str, list[str]]] = {"GET": ["read"], "POST": ["write"], "PUT": ["write"]}
    required_rights: ClassVar[dict[str, str]] = {"POST": CHANGE_RULES, "PUT": CHANGE_LINES}

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        right = self.required_rights.get(request.method or "", "")
        if right and request.auth is None and not request.user.has_perm(right):
            raise PermissionDenied(f"This needs the right {right}.")


class StateView(LibraryView):
    """A state's rules on a day, today when none is asked for."""

    @extend_schema(parameters=[DAY], responses=StateShape)
    def get(self, request: Request, code: str) -> Response:
        return Response(StateShape(state_json(_state_or_404(code), _asked_day(request))).data)


class OverridesView(LibraryView):
    """Local rules of a state."""

    @extend_schema(request=OverrideBody, responses={201: OverrideShape})
    def post(self, request: Request, code: str) -> Response:
        state = _state_or_404(code)
        body = OverrideBody(data=request.data)
        body.is_valid(raise_exception=True)
        asked = {"jurisdiction": state.code, **body.validated_data, **_signature(request)}
        try:
            rule = services.override_rule(**asked)
        except Refusal as refusal:
            raise _as_invalid(refusal) from refusal
        return Response(OverrideShape(override_json(rule)).data, status=status.HTTP_201_CREATED)


class LinesView(LibraryView):
    """The lines of a state with their categories."""

    @extend_schema(responses=LineShape(many=True))
    def get(self, request: Request, code: str) -> Response:
        state = _state_or_404(code)
        lines = [line_json(row, line) for row, line in library.lines_of(state.code)]
        return Response(LineShape(lines, many=True).data)


class LineView(LibraryView):
    """What is said here of one line."""

    @extend_schema(request=LineBody, responses=LineShape)
    def put(self, request: Request, code: str, loa_code: str) -> Response:
        state = _state_or_404(code)
        body = LineBody(data=request.data)
        body.is_valid(raise_exception=True)
        asked = {
            "jurisdiction": state.code,
            "loa_code": loa_code,
            **body.validated_data,
            **_signature(request),
        }
        try:
            row = services.mend_line(**asked, reason="Set through the API")
        except Refusal as refusal:
            raise _as_invalid(refusal) from refusal
        line = selectors.load_rule_book().line(state.code, loa_code, row.name)
        return Response(LineShape(line_json(row, line)).data)


def _state_or_404(code: str) -> Jurisdiction:
    state = library.states().filter(code=code.upper()).first()
    if state is None:
        raise NotFound(f"There is no state {code}.")
    return state


def _asked_day(request: Request) -> date:
    asked = request.query_params.get("on")
    if asked is None:
        return clock.today()
    try:
        return date.fromisoformat(asked)
    except ValueError as wrong:
        raise ValidationError({"on": ["Say a date such as 2027-03-31."]}) from wrong


def _signature(request: Request) -> dict[str, Any]:
    """Who asks: a person, or the client application that a token was given to."""
    application = getattr(request.auth, "application", None)
    label = f"API client {application.name}" if application else str(request.user)
    return {"author_label": label, "user_id": None if application else request.user.pk}


def _as_invalid(refusal: Refusal) -> ValidationError:
    return ValidationError(refusal.message_dict if hasattr(refusal, "error_dict") else list(refusal.messages))
