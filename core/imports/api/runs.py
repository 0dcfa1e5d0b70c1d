"""Uploads over REST: sent, listed, and read one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import ClassVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etags import etag, is_unchanged
from core.api.problems import PROBLEM, TooLarge, named_as_sent, problem
from core.api.views import ApiView, ListView
from core.imports.access import UPLOAD, VIEW
from core.imports.api.bodies import Sent, UploadSerializer, read_upload
from core.imports.api.described import SAME_FILE, refused
from core.imports.api.quoting import QuotesNoSecret
from core.imports.api.shapes import ImportSerializer
from core.imports.lists import UPLOADS
from core.imports.models import ImportRun
from core.imports.selectors import runs_for
from core.imports.services import SameFile, upload
from core.imports.types import all_uploads

FOR_PROGRAMS = replace(UPLOADS, key="imports.api", actions=(), buttons=())


class LengthRequired(APIException):
    """411: a body that does not say how long it is cannot be bounded before it is read."""

    status_code = 411
    default_code = "length_required"
    default_detail = "Send the file with a Content-Length; a chunked body is not read."


class ImportList(QuotesNoSecret, ListView):
    """Uploads, the newest first."""

    definition: ClassVar = FOR_PROGRAMS
    serializer_class = ImportSerializer
    ordering: ClassVar = "-pk"
    parser_classes = (MultiPartParser,)
    required_rights: ClassVar = {"GET": VIEW, "POST": UPLOAD}

    @extend_schema(
        operation_id="imports_create",
        request={"multipart/form-data": UploadSerializer},
        responses={
            201: ImportSerializer,
            **SAME_FILE,
            **refused(411, "The length of the body is not told"),
            **refused(415, "The body is not multipart/form-data"),
        },
    )
    def post(self, request: Request) -> Response:
        """Send a file; it is read by a job, and nothing of it is processed yet.

        The options of its type go with it as fields of their own; a field that is no option is refused.
        """
        sent = _sent(request)
        names = {f"columns.{header[:60]}": "mapping" for header in sent.mapping}
        try:
            with named_as_sent(names):
                run = upload(
                    sent.type,
                    sent.file.name or "file",
                    sent.file.read(),
                    sent.options,
                    actor=self.actor,
                    again=sent.again,
                    columns=sent.mapping,
                    refuse_same=True,
                )
        except SameFile as refusal:
            return _same_file(refusal)
        headers = {"Location": reverse("api-import", args=[run.pk])}
        return answer(request, run, status.HTTP_201_CREATED, headers)


class ImportDetail(QuotesNoSecret, ApiView):
    """One upload."""

    required_rights: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="imports_read",
        responses={200: ImportSerializer, 304: OpenApiResponse(description="As it was")},
    )
    def get(self, request: Request, import_id: int) -> Response:
        """Where it is, how its rows were judged, what it would cost, and what this caller may do with it now."""
        told = answer(request, run_of(request, import_id))
        if is_unchanged(request, told["ETag"]):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": told["ETag"]})
        return told


def run_of(request: Request, import_id: int) -> ImportRun:
    """The upload, if the caller may see it."""
    return get_object_or_404(runs_for(request.user), pk=import_id)


def run_to_handle(request: Request, import_id: int) -> ImportRun:
    """The upload, for whoever may see it or handle its type: a token that writes need not read."""
    types = [each.name for each in all_uploads() if request.user.has_perm(each.right)]
    seen = (
        ImportRun.objects.all() if request.user.has_perm(VIEW) else ImportRun.objects.filter(type__in=types)
    )
    return get_object_or_404(seen, pk=import_id)


def answer(
    request: Request, run: ImportRun, code: int = status.HTTP_200_OK, headers: dict[str, str] | None = None
) -> Response:
    """The upload as it is now, with its ETag."""
    data = ImportSerializer(run, context={"request": request}).data
    tag = etag(json.dumps(data, sort_keys=True, default=str))
    return Response(data, status=code, headers={"ETag": tag, **(headers or {})})


def _sent(request: Request) -> Sent:
    plain: HttpRequest = request._request
    if plain.headers.get("Transfer-Encoding") and not plain.META.get("CONTENT_LENGTH"):
        raise LengthRequired
    try:
        return read_upload(request.POST, request.FILES)
    except RequestDataTooBig as error:
        raise TooLarge(str(error)) from error


def _same_file(refusal: SameFile) -> Response:
    """Nothing was kept: which upload it was before, and how to go on."""
    detail = f"{refusal.message} Read that one, or send the file with again=true."
    told = problem(refusal.status, refusal.code, detail) | {"earlier": refusal.earlier.pk}
    return Response(told, status=refusal.status, content_type=PROBLEM)
