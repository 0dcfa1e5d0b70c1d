"""Producers over REST: on file, synced, their facts of today and of the past, and what they should hold."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etags import check_if_match, etag
from core.api.jobs import JobSerializer
from core.api.problems import named_as_sent
from core.api.views import ApiView, ListView
from core.lists.definition import ListDefinition
from producers import access
from producers.api.lookup import as_of, producer_by_npn
from producers.api.serializers import (
    AssignmentSerializer,
    AssignmentWriteSerializer,
    LicenseSerializer,
    ProducerSerializer,
    ProducerWriteSerializer,
    SyncRequestSerializer,
)
from producers.filters import AnyProducerFilter
from producers.lists import PRODUCERS, search_producers
from producers.models import Producer, ProducerAssignment
from producers.selectors import HeldLicense, assignments_of, licenses_of, producers
from producers.services import create_assignment, create_producer, update_producer
from producers.signals import refresh_asked
from producers.sync.runs import request_sync

#: What a fault of the service is called in the body that was sent.
SENT_AS = {"agency": "agency_npn", "tracking": "nipr_tracking"}
AS_OF = [
    OpenApiParameter("on", str, description="The day asked about (2026-11-21); today when absent."),
    OpenApiParameter(
        "known_at", str, description="The moment, or day, whose knowledge counts; now when absent."
    ),
]
ANYBODY: ListDefinition[Producer] = ListDefinition(
    key="producers.api",
    title="Producers and agencies",
    selector=lambda _user: producers(),
    filterset_class=AnyProducerFilter,
    search=search_producers,
    columns=PRODUCERS.columns,
)


class ProducerList(ListView):
    """Producers and agencies on file."""

    definition: ClassVar = ANYBODY
    serializer_class = ProducerSerializer
    required_rights: ClassVar = {"GET": access.VIEW_PRODUCERS, "POST": access.ADD_PRODUCERS}

    @extend_schema(request=ProducerWriteSerializer, responses={201: ProducerSerializer})
    def post(self, request: Request) -> Response:
        """Put a producer on file; one that is tracked is synced at once."""
        body = ProducerWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with named_as_sent(SENT_AS):
            made = create_producer(body.validated_data, actor=self.actor)
        producer = producers().get(pk=made.pk)
        place = reverse("api-producer", args=[producer.npn]) if producer.npn else None
        return _answer(producer, status.HTTP_201_CREATED, {"Location": place} if place else {})


class ProducerDetail(ApiView):
    """One producer or agency."""

    required_rights: ClassVar = {"GET": access.VIEW_PRODUCERS, "PATCH": access.CHANGE_PRODUCERS}

    @extend_schema(responses=ProducerSerializer)
    def get(self, request: Request, npn: str) -> Response:
        """The producer with an ETag of its editable fields."""
        return _answer(producer_by_npn(npn))

    @extend_schema(request=ProducerWriteSerializer(partial=True), responses=ProducerSerializer)
    def patch(self, request: Request, npn: str) -> Response:
        """Change what is named. With If-Match, only if nobody else has changed it meanwhile."""
        producer = producer_by_npn(npn)
        check_if_match(request, etag(producer))
        body = ProducerWriteSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        wanted = producer.version if "If-Match" in request.headers else None
        with named_as_sent(SENT_AS):
            update_producer(producer.pk, body.validated_data, actor=self.actor, expected_version=wanted)
        return _answer(producers().get(pk=producer.pk))


class ProducerSync(ApiView):
    """Asking the registry about one producer."""

    required_rights: ClassVar = {"POST": access.SYNC_PRODUCERS}

    @extend_schema(request=SyncRequestSerializer, responses={202: JobSerializer})
    def post(self, request: Request, npn: str) -> Response:
        """Buy and read the full report in the background; the job says how far that is."""
        body = SyncRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        reason = body.validated_data.get("reason") or "Asked for over the API"
        job = request_sync([producer_by_npn(npn).pk], actor=self.actor, reason=reason)
        headers = {"Location": reverse("api-job", args=[job.pk])}
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED, headers=headers)


class LicenseList(ListView):
    """Licences with their lines, as the registry gave them."""

    serializer_class = LicenseSerializer
    required_rights: ClassVar = {"GET": access.VIEW_LICENSES}

    @extend_schema(parameters=AS_OF)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The licences issued by a day, in the version that was known at a moment."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        moment = as_of(self.request)
        held = licenses_of(producer_by_npn(self.kwargs["npn"]), moment)
        return [each for each in held if moment.is_today or _issued_by(each, moment.on)]


class AssignmentList(ListView):
    """What the producer should hold."""

    serializer_class = AssignmentSerializer
    required_rights: ClassVar = {"GET": access.VIEW_PRODUCERS, "POST": access.ASSIGN}

    def get_queryset(self) -> QuerySet[ProducerAssignment]:
        return assignments_of(producer_by_npn(self.kwargs["npn"])).filter(ended_at__isnull=True)

    @extend_schema(
        request=AssignmentWriteSerializer, responses={200: AssignmentSerializer, 201: AssignmentSerializer}
    )
    def post(self, request: Request, npn: str) -> Response:
        """Add an assignment (201) and compute its scorecard. The same again answers with the one there is (200)."""
        producer = producer_by_npn(npn)
        body = AssignmentWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        before = set(producer.assignments.values_list("pk", flat=True))
        assignment = create_assignment(producer.pk, body.validated_data, actor=self.actor)
        refresh_asked.send(Producer, producer_ids={producer.pk}, actor=self.actor)
        code = status.HTTP_200_OK if assignment.pk in before else status.HTTP_201_CREATED
        return Response(AssignmentSerializer(assignment).data, status=code)


def _answer(
    producer: Producer, code: int = status.HTTP_200_OK, headers: dict[str, str] | None = None
) -> Response:
    data = ProducerSerializer(producer).data
    return Response(data, status=code, headers={"ETag": etag(producer), **(headers or {})})


def _issued_by(held: HeldLicense, day: Any) -> bool:
    return held.license.issue_date is None or held.license.issue_date <= day
