"""Files out of uploads over REST: what became of each row, and empty templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from core.api.views import ApiView
from core.downloads import table_file
from core.errors import InvalidInput
from core.imports.access import VIEW
from core.imports.api.described import FILE, FORMAT, KINDS, WHICH_ROWS
from core.imports.api.quoting import QuotesNoSecret
from core.imports.api.runs import run_of
from core.imports.blanks import template_answer
from core.imports.outcome_files import file_of, record_taken
from core.imports.types import Upload, upload_named

STREAMED_FROM = 500
"""Rows from which on a file is sent in pieces."""


class AsAsked(BaseContentNegotiation):
    """``?format=`` says which file is wanted, and problems are JSON whatever ``Accept`` says."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        """Nothing is sent to these addresses."""
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The one for problems."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class FileView(QuotesNoSecret, ApiView):
    """An answer that is a file."""

    content_negotiation_class = AsAsked
    required_rights: ClassVar = {"GET": VIEW}


class OutcomeFile(FileView):
    """What became of the rows of an upload."""

    @extend_schema(operation_id="imports_file", parameters=[WHICH_ROWS, FORMAT], responses=FILE)
    def get(self, request: Request, import_id: int) -> HttpResponseBase:
        """A line for each row: its outcome, its reasons and its cells. Who took it is recorded."""
        kind = _choice(request, "format", tuple(KINDS))
        failed = _choice(request, "rows", ("all", "failed")) == "failed"
        run = run_of(request, import_id)
        record_taken(run, failed, kind, actor=self.actor)
        file = file_of(run, failed)
        answer = table_file(file.header, file.rows, kind, file.name, file.sheet)
        return _at_once(answer) if run.rows_total < STREAMED_FROM else answer


class TemplateFile(FileView):
    """An empty file to fill in."""

    @extend_schema(operation_id="imports_template", parameters=[FORMAT], responses=FILE)
    def get(self, request: Request, type_name: str) -> HttpResponseBase:
        """The columns of a type; as XLSX with the values that they accept, as the rule book stands now."""
        upload = _upload_or_404(type_name)
        kind = _choice(request, "format", tuple(KINDS))
        return _at_once(template_answer(upload, kind))


def _upload_or_404(name: str) -> Upload:
    try:
        return upload_named(name)
    except InvalidInput as refusal:
        raise Http404 from refusal


def _choice(request: Request, name: str, choices: Sequence[str]) -> str:
    """What the query string says, the first when it says nothing."""
    said = request.query_params.get(name, "") or choices[0]
    if said not in choices:
        message = f"Say {' or '.join(choices)}."
        raise InvalidInput([{"path": name, "code": "invalid_choice", "message": message}])
    return said


def _at_once(answer: HttpResponse | StreamingHttpResponse) -> HttpResponse:
    """The same in one piece. Only its file is closed: closing an answer ends the request that it is part of."""
    content = answer.getvalue()
    if isinstance(answer, FileResponse) and answer.file_to_stream:
        answer.file_to_stream.close()
    return HttpResponse(content, headers=dict(answer.items()))
