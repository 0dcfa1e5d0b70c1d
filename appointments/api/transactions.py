"""Transactions over REST: found by the filters of the screen, and one by one with all that happened to them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters import filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from appointments import access
from appointments.api.addresses import transaction_id_or_404
from appointments.api.shapes import (
    HappeningSerializer,
    TransactionPageSerializer,
    TransactionSerializer,
    timeline,
)
from appointments.filters.transactions import TransactionFilter
from appointments.lists.transactions import TRANSACTIONS as ON_SCREEN
from appointments.models import Transaction
from appointments.selectors.transactions import history_of
from appointments.services.handling.sheet import possible
from core.api.etags import etag, is_unchanged
from core.api.views import ApiView, ListView


class ProgramFilter(TransactionFilter):
    """The filters of the screen, and what a program knows of its own requests."""

    bulk_request = filters.UUIDFilter(label="The id of the bulk request it was asked for in")


def with_columns(_user: Any = None) -> QuerySet[Transaction]:
    """Transactions with every column of their own, and of nobody else's."""
    return Transaction.objects.all()


FOR_PROGRAMS = replace(
    ON_SCREEN, key="transactions.api", selector=with_columns, filterset_class=ProgramFilter, actions=()
)


class TransactionList(ListView):
    """Transactions, the newest first."""

    definition: ClassVar = FOR_PROGRAMS
    serializer_class = TransactionSerializer
    ordering: ClassVar = "-pk"
    required_rights: ClassVar = {"GET": access.VIEW_TRANSACTIONS}


class TransactionDetail(ApiView):
    """One transaction."""

    required_rights: ClassVar = {"GET": access.VIEW_TRANSACTIONS}

    @extend_schema(responses={200: TransactionPageSerializer, 304: OpenApiResponse(description="As it was")})
    def get(self, request: Request, transaction_number: str) -> Response:
        """All that is known of it, what happened to it, and what this caller may do with it now."""
        row = get_object_or_404(with_columns(), pk=transaction_id_or_404(transaction_number))
        data = {
            **TransactionSerializer(row).data,
            "allowed": possible(row, request.user.has_perm),
            "timeline": [HappeningSerializer(each).data for each in timeline(row, history_of(row))],
        }
        tag = etag(json.dumps(data, sort_keys=True))
        headers = {"ETag": tag}
        if is_unchanged(request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(data, headers=headers)
