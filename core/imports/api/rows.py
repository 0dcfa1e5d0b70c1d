"""The rows of an upload over REST: found by outcome and state, and mended one by one."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters.filters import ChoiceFilter
from django_filters.filterset import FilterSet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etags import check_if_match, etag, is_unchanged
from core.api.problems import named_as_sent
from core.api.views import ApiView, ListView
from core.imports.access import UPLOAD, VIEW
from core.imports.api.bodies import MendSerializer
from core.imports.api.possible import named_as_addresses
from core.imports.api.quoting import QuotesNoSecret
from core.imports.api.runs import run_of, run_to_handle
from core.imports.api.shapes import ImportRowSerializer
from core.imports.enums import Outcome, RowState, RunStatus
from core.imports.holding import lock
from core.imports.models import ImportRow, ImportRun
from core.imports.services import check_again, mend
from core.lists.definition import ListDefinition

WAITING = "waiting"
STATES = [(WAITING, "Not processed"), *RowState.choices[1:]]


class RowFilter(FilterSet):
    """By how rows were judged, and by what processing made of them."""

    outcome = ChoiceFilter(choices=Outcome.choices)
    state = ChoiceFilter(choices=STATES, method="in_state")

    def in_state(self, rows: QuerySet[ImportRow], _name: str, state: str) -> QuerySet[ImportRow]:
        """Rows that wait have no state yet."""
        return rows.filter(state=RowState.WAITING if state == WAITING else state)


def all_rows(_caller: Any) -> QuerySet[ImportRow]:
    """Rows without their secrets."""
    return ImportRow.objects.defer("secrets")


ROWS = ListDefinition[ImportRow](
    key="imports.rows.api", title="Rows", selector=all_rows, columns=(), filterset_class=RowFilter
)


class RowList(QuotesNoSecret, ListView):
    """The rows of an upload in the order of its file."""

    definition: ClassVar = ROWS
    serializer_class = ImportRowSerializer
    ordering: ClassVar = "number"
    required_rights: ClassVar = {"GET": VIEW}

    def get_queryset(self) -> QuerySet[ImportRow]:
        """Those of this upload."""
        if getattr(self, "swagger_fake_view", False):
            return ImportRow.objects.none()
        return super().get_queryset().filter(run=run_of(self.request, self.kwargs["import_id"]))


class RowDetail(QuotesNoSecret, ApiView):
    """One row."""

    required_rights: ClassVar = {"GET": VIEW, "PATCH": UPLOAD}

    @extend_schema(
        operation_id="imports_row_read",
        responses={200: ImportRowSerializer, 304: OpenApiResponse(description="As it was")},
    )
    def get(self, request: Request, import_id: int, row: int) -> Response:
        """What it says, what is wrong with it, what it would change, and what came of it."""
        told = _answer(_row_of(run_of(request, import_id), row))
        if is_unchanged(request, told["ETag"]):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": told["ETag"]})
        return told

    @extend_schema(
        operation_id="imports_row_mend",
        request=MendSerializer,
        responses={
            200: ImportRowSerializer,
            202: OpenApiResponse(
                ImportRowSerializer, description="Mended; the rows are being checked again by a job"
            ),
        },
    )
    def patch(self, request: Request, import_id: int, row: int) -> Response:
        """Put new texts into its cells, and check the rows again with them."""
        body = MendSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said: dict[str, Any] = body.validated_data
        with transaction.atomic():
            run = run_to_handle(request, import_id)
            # Before the row is read: of two who mend by the same reading, the second has to see what the first wrote.
            lock(run)
            check_if_match(request, _tag(_row_of(run, row)))
            names = {f"cells.{name[:60]}": f"values.{name[:60]}" for name in said["values"]}
            with named_as_addresses(run), named_as_sent(names):
                mend(run, row, said["values"], actor=self.actor)
                if said["check"]:
                    run = check_again(run, actor=self.actor)
        under_way = run.status == RunStatus.PARSING
        return _answer(_row_of(run, row), 202 if under_way else 200)


def _row_of(run: ImportRun, number: int) -> ImportRow:
    row = get_object_or_404(ImportRow.objects.defer("secrets"), run=run, number=number)
    row.run = run
    return row


def _answer(row: ImportRow, code: int = status.HTTP_200_OK) -> Response:
    return Response(ImportRowSerializer(row).data, status=code, headers={"ETag": _tag(row)})


def _tag(row: ImportRow) -> str:
    return etag(json.dumps(ImportRowSerializer(row).data, sort_keys=True, default=str))
