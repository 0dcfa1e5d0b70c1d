"""The one view behind every list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
)
from django.shortcuts import get_object_or_404, redirect

from core import clock
from core.access import actor_of, back_office_page, render_page, require_right, signed_in
from core.audit import services as audit
from core.audit.models import AuditEntry
from core.downloads import table_file
from core.errors import DomainError, NotAllowed
from core.lists import services
from core.lists.cells import in_file
from core.lists.definition import BulkAction, ListDefinition
from core.lists.models import SavedView
from core.lists.screen import ListScreen

M = TypeVar("M", bound=Model)
EXPORT_CHUNK = 2000


def list_view(definition: ListDefinition[M]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Make the page of one list; its app gives it an address under /admin/."""

    @back_office_page(definition.right)
    def view(request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST":
            return _post(definition, request)
        if request.GET.get("export"):
            return _export(definition, request)
        if _opens_saved_view(request.GET):
            return _saved_view(definition, request)
        screen = ListScreen(definition, signed_in(request), request.GET)
        return render_page(request, "core/list.html", {"screen": screen}, definition.title)

    return view


def _opens_saved_view(params: QueryDict) -> bool:
    return list(params) == ["view"] and _is_key(SavedView._meta.pk, params.get("view", ""))


def _saved_view(definition: ListDefinition[M], request: HttpRequest) -> HttpResponseBase:
    """Go to what a saved view stands for; the address stays one that can be passed on."""
    view = get_object_or_404(services.views_for(signed_in(request), definition.key), pk=request.GET["view"])
    params = QueryDict(view.query, mutable=True)
    params["view"] = str(view.pk)
    params.setdefault("page_size", "50")
    return redirect(f"{request.path}?{params.urlencode()}")


def _post(definition: ListDefinition[M], request: HttpRequest) -> HttpResponseBase:
    """Save or delete a view, or do something with the chosen rows."""
    try:
        if "save_view" in request.POST:
            return _save_view(definition, request)
        doomed = request.POST.get("delete_view", "")
        if _is_key(SavedView._meta.pk, doomed):
            services.delete_view(signed_in(request), definition.key, int(doomed))
            return redirect(request.path)
        return _act(definition, request)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(request.get_full_path())


def _save_view(definition: ListDefinition[M], request: HttpRequest) -> HttpResponseBase:
    params = request.GET.copy()
    for name in ("view", "after", "before"):
        params.pop(name, None)
    view = services.save_view(
        signed_in(request),
        definition.key,
        request.POST.get("name", ""),
        params.urlencode(),
        shared="shared" in request.POST,
    )
    messages.success(request, f"Saved the view “{view.name}”.")
    return redirect(f"{request.path}?view={view.pk}")


def _act(definition: ListDefinition[M], request: HttpRequest) -> HttpResponseBase:
    """Run a bulk action on the chosen rows, after a question where the action asks one."""
    user = signed_in(request)
    action = next((each for each in definition.actions if each.name == request.POST.get("action")), None)
    if action is None:
        messages.error(request, "Choose what to do with the rows.")
        return redirect(request.get_full_path())
    require_right(user, action.right)
    rows = _chosen(definition, request)
    if not rows.exists():
        messages.error(request, f"Choose at least one {definition.nouns[0]} first.")
        return redirect(request.get_full_path())
    if action.confirm and "confirmed" not in request.POST:
        return _ask(definition, request, action, rows)
    answer = action.run(rows, actor_of(request))
    if isinstance(answer, str):
        messages.success(request, answer)
        return redirect(request.get_full_path())
    return answer


def _chosen(definition: ListDefinition[M], request: HttpRequest) -> QuerySet[M]:
    """The rows ticked, or all that match; never a row that the person may not see."""
    rows = definition.rows(signed_in(request), request.GET)
    if "all_matching" in request.POST:
        return rows
    key = rows.model._meta.pk
    ids = [value for value in request.POST.getlist("ids") if _is_key(key, value)]
    return rows.filter(pk__in=ids)


def _is_key(key: Any, value: str) -> bool:
    try:
        key.clean(value, None)
    except ValidationError:
        return False
    return True


def _ask(
    definition: ListDefinition[M], request: HttpRequest, action: BulkAction[M], rows: QuerySet[M]
) -> HttpResponse:
    count = rows.count()
    context = {
        "action": action,
        "count": count,
        "noun": definition.nouns[0 if count == 1 else 1],
        "ids": request.POST.getlist("ids"),
        "all_matching": "all_matching" in request.POST,
        "back": request.get_full_path(),
    }
    return render_page(request, "core/list_confirm.html", context, action.label)


def _export(definition: ListDefinition[M], request: HttpRequest) -> HttpResponseBase:
    """The same rows, columns and order as a file, and an audit entry that says who took it."""
    screen = ListScreen(definition, signed_in(request), request.GET)
    kind = "xlsx" if request.GET["export"] == "xlsx" else "csv"
    keys = definition.sort(screen.rows, screen.sort)
    rows = screen.rows.order_by(*(key.ordering(backwards=False) for key in keys))
    header = [column.label for column in screen.columns]
    lines = (
        [in_file(column.value(row)) for column in screen.columns]
        for row in rows.iterator(chunk_size=EXPORT_CHUNK)
    )
    _record_export(definition, request, kind, header)
    name = f"{definition.key.replace('.', '-')}-{clock.today().isoformat()}"
    return table_file(header, lines, kind, name, definition.title)


def _record_export(
    definition: ListDefinition[M], request: HttpRequest, kind: str, header: list[str]
) -> AuditEntry:
    filters = request.GET.copy()
    filters.pop("export", None)
    with transaction.atomic():
        return audit.record(
            "list.exported",
            actor=actor_of(request),
            subject=None,
            changes={
                "list": [None, definition.key],
                "format": [None, kind],
                "filters": [None, filters.urlencode()],
                "columns": [None, header],
            },
        )
