"""A small API over parcels, to try what every view shares."""

from __future__ import annotations

from django.urls import include, path
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response

from core.api.etags import check_if_match, etag, is_unchanged
from core.api.serializers import StrictSerializer
from core.api.views import ApiView, ListView
from core.errors import Conflict, InvalidInput, NotAllowed
from tests.core.models import Parcel
from tests.core.test_lists import PARCELS


class LineSerializer(StrictSerializer):
    code = serializers.CharField(max_length=5)


class ParcelSerializer(StrictSerializer):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=20)
    weight = serializers.IntegerField(required=False, allow_null=True)
    lines = LineSerializer(many=True, required=False, write_only=True)


class Parcels(ListView):
    definition = PARCELS
    serializer_class = ParcelSerializer
    ordering = "weight"
    parser_classes = (JSONParser, MultiPartParser)
    required_scopes = {"POST": ["write"]}
    required_rights = {"POST": "lists.share_view"}

    def post(self, request):
        body = ParcelSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        parcel = Parcel.objects.create(
            name=body.validated_data["name"], weight=body.validated_data.get("weight")
        )
        if parcel.name == "broken":
            raise RuntimeError("078-05-1120")
        if parcel.name == "refused":
            raise Conflict("It is refused.", "Send another.", allowed=["return"])
        return Response(
            {"id": parcel.pk, "by": self.actor.label}, status=201, headers={"Location": f"/{parcel.pk}"}
        )


class OneParcel(ApiView):
    required_rights = {"PATCH": "lists.share_view"}

    def get(self, request, pk):
        tag = etag(pk, Parcel.objects.get(pk=pk).name)
        return Response(status=304) if is_unchanged(request, tag) else Response({}, headers={"ETag": tag})

    def patch(self, request, pk):
        parcel = Parcel.objects.get(pk=pk)
        check_if_match(request, etag(pk, parcel.name))
        Parcel.objects.filter(pk=pk).update(name=request.data["name"])
        return Response({})


class Refusals(ApiView):
    def get(self, request, kind):
        faults = [{"path": "rows.2.npn", "code": "npn", "message": "An NPN has 1 to 10 digits."}]
        raise {"invalid": InvalidInput(faults), "denied": NotAllowed("a.right"), "conflict": Conflict("No.")}[
            kind
        ]


class Paid(ApiView):
    idempotency_key_required = True

    def post(self, request):
        return Response({})


class Numbers(ListView):
    serializer_class = serializers.IntegerField

    def get_queryset(self):
        return list(range(10))

    def get_serializer(self, page, many):
        return type("Plain", (), {"data": page})


urlpatterns = [
    path("api/v1/parcels", Parcels.as_view()),
    path("api/v1/parcels/<int:pk>", OneParcel.as_view()),
    path("api/v1/refusals/<str:kind>", Refusals.as_view()),
    path("api/v1/paid", Paid.as_view()),
    path("api/v1/numbers", Numbers.as_view()),
    path("", include("core.api.urls")),
]
handler404 = "core.api.fallback.not_found"
handler500 = "core.api.fallback.breakdown"
