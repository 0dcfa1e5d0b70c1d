"""Companies, and the appointments of a producer, over REST."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from appointments import access
from appointments.api.serializers import AppointmentSerializer, CompanySerializer, CompanyWriteSerializer
from appointments.lists.records import COMPANIES
from appointments.models import Appointment, Company
from appointments.selectors.records import appointments_known, company_list
from appointments.services.companies import create_company, set_company_states, update_company
from core.api.etags import check_if_match, etag
from core.api.views import ApiView, ListView
from producers.api.lookup import as_of, producer_by_npn
from producers.api.views import AS_OF


class AppointmentList(ListView):
    """Appointments of one producer, terminated ones among them."""

    serializer_class = AppointmentSerializer
    required_rights: ClassVar = {"GET": access.VIEW_APPOINTMENTS}

    @extend_schema(parameters=AS_OF)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was said of a day, in the version that was known at a moment."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Appointment]:
        return appointments_known(producer_by_npn(self.kwargs["npn"]), as_of(self.request))


class CompanyList(ListView):
    """Companies on file."""

    definition: ClassVar = COMPANIES
    serializer_class = CompanySerializer
    required_rights: ClassVar = {"GET": access.VIEW_COMPANIES, "POST": access.ADD_COMPANIES}

    @extend_schema(request=CompanyWriteSerializer, responses={201: CompanySerializer})
    def post(self, request: Request) -> Response:
        """Put a company on file, with what it does in each state."""
        body = CompanyWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        fields, states = body.split()
        company = create_company(fields, states, actor=self.actor)  # type: ignore[arg-type]
        place = reverse("api-company", args=[company.cocode])
        return _answer(company.pk, status.HTTP_201_CREATED, {"Location": place})


class CompanyDetail(ApiView):
    """One company."""

    required_rights: ClassVar = {"GET": access.VIEW_COMPANIES, "PATCH": access.CHANGE_COMPANIES}

    @extend_schema(responses=CompanySerializer)
    def get(self, request: Request, cocode: str) -> Response:
        """The company with its state settings, and an ETag."""
        return _answer(_company(cocode).pk)

    @extend_schema(request=CompanyWriteSerializer(partial=True), responses=CompanySerializer)
    def patch(self, request: Request, cocode: str) -> Response:
        """Change what is named; the company and its states together or not at all."""
        company = _company(cocode)
        check_if_match(request, etag(company))
        body = CompanyWriteSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        fields, states = body.split()
        wanted = company.version if "If-Match" in request.headers else None
        with transaction.atomic():
            update_company(company.pk, fields, actor=self.actor, expected_version=wanted)  # type: ignore[arg-type]
            if states:
                set_company_states(company.pk, states, actor=self.actor)  # type: ignore[arg-type]
        return _answer(company.pk)


def _company(cocode: str) -> Company:
    return get_object_or_404(company_list(), cocode=cocode.replace("\0", ""))


def _answer(
    company_id: int, code: int = status.HTTP_200_OK, headers: dict[str, str] | None = None
) -> Response:
    company = company_list().get(pk=company_id)
    return Response(
        CompanySerializer(company).data, status=code, headers={"ETag": etag(company), **(headers or {})}
    )
