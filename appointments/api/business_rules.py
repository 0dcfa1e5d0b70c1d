"""Gateway business rules over REST: the lines the organisation does business in, state by state."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from appointments import access
from appointments.api.fields import IF_MATCH
from appointments.models import GatewayBusinessRule
from appointments.services.settings.rules import set_business_rules
from core.api.etags import check_if_match, etag, is_unchanged
from core.api.serializers import StrictSerializer
from core.api.views import ApiView
from producers.enums import AgentType
from producers.states import state_names
from rulebook.models import Jurisdiction

VIEW_RULES = "appointments.view_gatewaybusinessrule"
COLUMNS = ("loa_code", "agent_type", "license_class_codes", "active")


class BusinessRuleSerializer(StrictSerializer):
    """A line that is done business in, for any or some license classes."""

    loa_code = serializers.CharField(max_length=20)
    agent_type = serializers.ChoiceField(AgentType.choices, default=AgentType.PRODUCER)
    license_class_codes = serializers.ListField(
        child=serializers.CharField(max_length=20), allow_null=True, default=None, max_length=100
    )
    active = serializers.BooleanField(default=True)


class BusinessRulesSerializer(StrictSerializer):
    """The whole set of a state."""

    rules = BusinessRuleSerializer(many=True)


class BusinessRulesView(ApiView):
    """The rules of one state."""

    required_rights: ClassVar = {"GET": VIEW_RULES, "PUT": access.CHANGE_RULES}

    @extend_schema(
        operation_id="business_rules_read",
        responses={200: BusinessRulesSerializer, 304: OpenApiResponse(description="As it was")},
    )
    def get(self, request: Request, state: str) -> Response:
        """The whole set, and its ETag."""
        said = _said(_known(state))
        if is_unchanged(request, etag(said)):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag(said)})
        return _answer(said)

    @extend_schema(
        operation_id="business_rules_write",
        parameters=[IF_MATCH],
        request=BusinessRulesSerializer,
        responses=BusinessRulesSerializer,
    )
    def put(self, request: Request, state: str) -> Response:
        """Make the set of the state what the body says. With If-Match, only if it is still the one that was read."""
        code = _known(state)
        body = BusinessRulesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            # One at a time a state: of two who have read the same set, the second is told.
            Jurisdiction.objects.select_for_update(of=("self",)).get(code=code)
            check_if_match(request, etag(_said(code)))
            set_business_rules(
                code, body.validated_data["rules"], actor=self.actor, has_right=request.user.has_perm
            )
            return _answer(_said(code))


def _known(state: str) -> str:
    code = state.upper()
    if code not in state_names():
        raise Http404
    return code


def _said(code: str) -> list[dict[str, Any]]:
    rows = GatewayBusinessRule.objects.filter(state=code).order_by("agent_type", "loa_code")
    return list(rows.values(*COLUMNS))


def _answer(said: list[dict[str, Any]]) -> Response:
    return Response({"rules": said}, headers={"ETag": etag(said)})
