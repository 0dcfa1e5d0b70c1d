"""Scorecards and standing over REST. What is asked for one by one is never answered stale."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.views import ApiView, ListView
from core.audit import services as audit
from core.errors import InvalidInput
from producers.access import SYNC_PRODUCERS, VIEW_PRODUCERS
from producers.api.lookup import as_of, producer_by_npn
from producers.api.serializers import SyncRequestSerializer
from producers.api.views import AS_OF
from producers.services.refresh import refresh_producer
from rulebook.selectors import load_rule_book
from scorecards import services
from scorecards.access import VIEW_SCORECARDS
from scorecards.api.serializers import ScorecardSerializer, StandingQuery, StandingSerializer
from scorecards.models import Scorecard
from scorecards.selectors import scorecards, scorecards_of
from scorecards.standing import standing


class ScorecardList(ListView):
    """The scorecards of one producer."""

    serializer_class = ScorecardSerializer
    required_rights: ClassVar = {"GET": VIEW_SCORECARDS}

    def get_queryset(self) -> QuerySet[Scorecard]:
        rows = scorecards_of(producer_by_npn(self.kwargs["npn"])).select_related("producer", "sheet")
        old = Q(stale_since__isnull=False) | Q(next_change_on__lte=clock.today())
        services.refresh(rows.filter(old).values_list("pk", flat=True))
        return rows


class ScorecardDetail(ApiView):
    """One scorecard by its number."""

    required_rights: ClassVar = {"GET": VIEW_SCORECARDS}

    @extend_schema(responses=ScorecardSerializer)
    def get(self, request: Request, number: str) -> Response:
        """Every cell with the decisions behind it."""
        scorecard = _scorecard(number)
        if scorecard.stale or scorecard.due:
            services.refresh([scorecard.pk])
            scorecard = _scorecard(number)
        return Response(ScorecardSerializer(scorecard).data)


class ScorecardRefresh(ApiView):
    """Reading the registry again if its copy is older than today, then computing."""

    required_rights: ClassVar = {"POST": SYNC_PRODUCERS}

    @extend_schema(
        request=SyncRequestSerializer, responses={200: ScorecardSerializer, 202: ScorecardSerializer}
    )
    def post(self, request: Request, number: str) -> Response:
        """200 with the fresh scorecard; 202 with the one of before while a (paid) report is being read."""
        SyncRequestSerializer(data=request.data).is_valid(raise_exception=True)
        scorecard = _scorecard(number)
        with transaction.atomic():
            reading = refresh_producer(scorecard.producer_id, actor=self.actor)
            audit.record("scorecard.refresh_asked", actor=self.actor, subject=scorecard)
        code = status.HTTP_202_ACCEPTED if reading else status.HTTP_200_OK
        place = reverse("api-scorecard", args=[number])
        return Response(
            ScorecardSerializer(_scorecard(number)).data, status=code, headers={"Location": place}
        )


class StandingView(ApiView):
    """May this producer sell there?"""

    required_rights: ClassVar = {"GET": VIEW_PRODUCERS}

    @extend_schema(parameters=[StandingQuery, *AS_OF], responses=StandingSerializer)
    def get(self, request: Request, npn: str) -> Response:
        """Judged on a day, by what was known at a moment, whatever its assignments ask for."""
        producer, moment = producer_by_npn(npn), as_of(request)
        query = StandingQuery(data=_asked(request))
        query.is_valid(raise_exception=True)
        state = query.validated_data["state"].upper()
        if state not in load_rule_book().jurisdictions:
            raise InvalidInput(
                [{"path": "state", "code": "unknown_state", "message": f"There is no state “{state}”."}]
            )
        answer = standing(
            producer,
            state,
            query.validated_data["loa_category"],
            query.validated_data.get("cocode", ""),
            moment.on,
            moment.known_at,
        )
        return Response(answer.as_dict())


def _scorecard(number: str) -> Scorecard:
    return get_object_or_404(scorecards().select_related("sheet"), number=number.replace("\0", ""))


def _asked(request: Request) -> dict[str, Any]:
    return {name: value for name, value in request.query_params.items() if value}
