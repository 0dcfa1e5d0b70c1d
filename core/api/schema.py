"""What drf-spectacular cannot see by itself: our sign-in, the problem answers, the key of a POST."""

from __future__ import annotations

from typing import Any, Literal

from django_filters import filters
from drf_spectacular.contrib.django_oauth_toolkit import DjangoOAuthToolkitScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from core.api.permissions import scopes_for
from core.api.principals import SCOPES
from core.api.problems import PROBLEM
from core.lists.definition import ListDefinition

_FAULT = inline_serializer(
    "FieldProblem",
    {"path": serializers.CharField(), "code": serializers.CharField(), "message": serializers.CharField()},
    many=True,
)
_PROBLEM = inline_serializer(
    "Problem",
    {
        "type": serializers.CharField(),
        "title": serializers.CharField(),
        "status": serializers.IntegerField(),
        "detail": serializers.CharField(),
        "code": serializers.CharField(),
        "errors": _FAULT,
        "request_id": serializers.CharField(),
    },
)
_ALWAYS = {
    400: "The input is wrong",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    429: "Too often",
}
_WITH_BODY = {413: "The body is too large", 415: "The body is not JSON"}
_POST = {409: "In conflict with the present state", 422: "The Idempotency-Key was used for another request"}
_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A value of your own, new for each new request. The same key and body give the same answer again.",
)


_IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of the record as you read it: if it has changed since, the answer is 412.",
)
_TYPES: dict[type[filters.Filter], OpenApiTypes] = {
    filters.BooleanFilter: OpenApiTypes.BOOL,
    filters.NumberFilter: OpenApiTypes.NUMBER,
    filters.ModelChoiceFilter: OpenApiTypes.INT,
    filters.DateFilter: OpenApiTypes.DATE,
}


class ClientScheme(DjangoOAuthToolkitScheme):
    """Client credentials, with the scopes each operation needs."""

    target_class = "core.api.authentication.ClientAuthentication"
    name = "oauth2"

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        """The scopes of the method."""
        return {self.name: scopes_for(auto_schema.view, auto_schema.method)}

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Where tokens come from."""
        flow = {"tokenUrl": "/oauth/token/", "scopes": SCOPES}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


class ApiSchema(AutoSchema):
    """Adds what every operation shares."""

    def get_override_parameters(self) -> list[Any]:
        """The Idempotency-Key of a POST, the If-Match of a change, the filters of a list."""
        given = list(super().get_override_parameters())
        shared = {"POST": [_KEY], "PATCH": [_IF_MATCH], "GET": _filters_of(self.view)}
        return [*given, *shared.get(self.method, [])]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        """The view's own answers and the problems that may come instead."""
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        shared = _ALWAYS | (_POST if self.method == "POST" else {})
        if self.method in {"POST", "PATCH", "PUT"}:
            shared = shared | _WITH_BODY
        if self.method in {"PATCH", "PUT", "DELETE"}:
            shared = shared | {409: _POST[409], 412: "Changed since it was read"}
        for status, description in shared.items():
            if str(status) not in bodies:
                response = OpenApiResponse(_PROBLEM, description=description)
                bodies[str(status)] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    response, str(status), [PROBLEM], direction
                )
        return bodies


def _filters_of(view: Any) -> list[OpenApiParameter]:
    """The filters of the screen that a list shares its definition with, and its search."""
    definition: ListDefinition[Any] | None = getattr(view, "definition", None)
    filterset: Any = definition.filterset_class if definition else None
    if definition is None or filterset is None:
        return []
    found = [_parameter(name, each) for name, each in filterset.base_filters.items()]
    search = OpenApiParameter("q", str, description=definition.search_hint)
    return [*found, search] if definition.search else found


def _parameter(name: str, each: Any) -> OpenApiParameter:
    choices = each.extra.get("choices")
    known = [str(value) for value, _label in choices] if isinstance(choices, list | tuple) else None
    kind = next((kind for base, kind in _TYPES.items() if isinstance(each, base)), OpenApiTypes.STR)
    return OpenApiParameter(name, kind, enum=known, description=str(each.label or ""))
