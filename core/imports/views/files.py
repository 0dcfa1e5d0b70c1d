"""Files to take away: templates to fill in, and what became of the rows."""

from __future__ import annotations

from django.db import transaction
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)

from core.access import actor_of, back_office_page, require_right, signed_in
from core.audit import services as audit
from core.errors import InvalidInput
from core.exports import csv_lines, xlsx_file
from core.imports.access import UPLOAD, VIEW
from core.imports.blanks import csv_template, xlsx_template
from core.imports.outcome_files import outcome_rows
from core.imports.types import Upload, upload_named
from core.imports.views.run import run_seen_by
from core.lists.views import XLSX_TYPE

CSV_TYPE = "text/csv; charset=utf-8"
KINDS = ("csv", "xlsx")
WHICH = ("all", "failed")


@back_office_page(UPLOAD)
def template_file(request: HttpRequest, type_name: str, kind: str) -> HttpResponseBase:
    """The template of a type, by the rule book as it stands."""
    upload = _upload(type_name)
    if kind not in KINDS:
        raise Http404("There is no such format.")
    require_right(signed_in(request), upload.right)
    name = f"{upload.name}-template.{kind}"
    if kind == "xlsx":
        return FileResponse(xlsx_template(upload), as_attachment=True, filename=name, content_type=XLSX_TYPE)
    answer = HttpResponse(csv_template(upload), content_type=CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@back_office_page(VIEW)
def outcome_file(request: HttpRequest, pk: int, which: str, kind: str) -> HttpResponseBase:
    """What became of each row, or the failed ones alone, ready to be mended and uploaded. Who took it is recorded."""
    run = run_seen_by(signed_in(request), pk)
    if kind not in KINDS or which not in WHICH:
        raise Http404("There is no such file.")
    taken = {"rows": [None, which], "format": [None, kind]}
    with transaction.atomic():
        audit.record("upload.exported", actor=actor_of(request), subject=run, changes=taken)
    header, rows = outcome_rows(run, which == "failed")
    name = f"upload-{run.pk}-{'failed-rows' if which == 'failed' else 'outcomes'}.{kind}"
    if kind == "xlsx":
        file = xlsx_file(header, rows, sheet="template" if which == "failed" else "Outcomes")
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    answer = StreamingHttpResponse(csv_lines(header, rows), content_type=CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _upload(name: str) -> Upload:
    try:
        return upload_named(name)
    except InvalidInput as refusal:
        raise Http404(str(refusal)) from None
