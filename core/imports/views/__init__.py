"""The screens of uploads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST

from core.access import back_office_page, render_page
from core.imports.access import UPLOAD, VIEW


def _page(right: str) -> Any:
    @back_office_page(right)
    def view(request: HttpRequest, **_parts: Any) -> HttpResponseBase:
        return render_page(request, "core/imports/soon.html", {}, "Uploads")

    return view


run_list = _page(VIEW)
upload_page = _page(UPLOAD)
template_file = _page(UPLOAD)
run_page = run_progress = rows_page = row_page = outcome_file = _page(VIEW)
columns_page = process_page = undo_page = _page(UPLOAD)
answer = check = pause = resume = cancel = require_POST(_page(UPLOAD))
