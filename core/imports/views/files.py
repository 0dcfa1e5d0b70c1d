"""Files to take away: templates to fill in, and what became of the rows."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from core.access import actor_of, back_office_page, require_right, signed_in
from core.downloads import table_file
from core.errors import InvalidInput
from core.imports.access import UPLOAD, VIEW
from core.imports.blanks import template_answer
from core.imports.outcome_files import file_of, record_taken
from core.imports.types import Upload, upload_named
from core.imports.views.run import run_seen_by

KINDS = ("csv", "xlsx")
WHICH = ("all", "failed")


@back_office_page(UPLOAD)
def template_file(request: HttpRequest, type_name: str, kind: str) -> HttpResponseBase:
    """The template of a type, by the rule book as it stands."""
    upload = _upload(type_name)
    if kind not in KINDS:
        raise Http404("There is no such format.")
    require_right(signed_in(request), upload.right)
    return template_answer(upload, kind)


@back_office_page(VIEW)
def outcome_file(request: HttpRequest, pk: int, which: str, kind: str) -> HttpResponseBase:
    """What became of each row, or the failed ones alone, ready to be mended and uploaded. Who took it is recorded."""
    run = run_seen_by(signed_in(request), pk)
    if kind not in KINDS or which not in WHICH:
        raise Http404("There is no such file.")
    failed_only = which == "failed"
    record_taken(run, failed_only, kind, actor=actor_of(request))
    file = file_of(run, failed_only)
    return table_file(file.header, file.rows, kind, file.name, file.sheet)


def _upload(name: str) -> Upload:
    try:
        return upload_named(name)
    except InvalidInput as refusal:
        raise Http404(str(refusal)) from None
