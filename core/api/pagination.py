"""Lists in pages, by position: ``?page_size=`` and the ``next`` and ``previous`` links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from core.lists.paging import keyset_page, sort_keys

DEFAULT_SIZE, LARGEST_SIZE = 250, 1000


class CursorPages(BasePagination):
    """The pages of the API. A view may set ``ordering`` (``"-created_at"``); the primary key breaks ties.

    A size outside 1 to 1,000 and a cursor that cannot be read are refused with 400. Lists that are not querysets
    are paged too, by place.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page that the address asks for."""
        self.url = request.build_absolute_uri()
        size = _size(request.query_params.get("page_size", ""))
        after, before = (request.query_params.get(name, "") for name in ("cursor", "before"))
        try:
            if isinstance(queryset, QuerySet):
                return self._rows(queryset, getattr(view, "ordering", ""), size, after, before)
            return self._places(queryset, size, int(after or 0))
        except (ValueError, OverflowError, RecursionError) as error:
            message = "The cursor cannot be read. Take it from a “next” or “previous” link."
            raise ValidationError({"cursor": [message]}, code="cursor") from error

    def get_paginated_response(self, data: Any) -> Response:
        """The rows between the links to their neighbours (null at the ends)."""
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """For the API's description."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """For the API's description."""
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE}
        return [
            {"name": "page_size", "in": "query", "schema": size, "description": "Rows a page."},
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string"},
                "description": "From a “next” link.",
            },
            {
                "name": "before",
                "in": "query",
                "schema": {"type": "string"},
                "description": "From a “previous” link.",
            },
        ]

    def _rows(self, rows: QuerySet[Any], ordering: str, size: int, after: str, before: str) -> list[Any]:
        paths = [ordering.lstrip("-")] if ordering else []
        keys = sort_keys(rows, paths, descending=ordering.startswith("-"))
        page = keyset_page(rows, keys, size, after=after, before=before, strict=True)
        self.next = self._link("cursor", page.next)
        self.previous = self._link("before", page.previous)
        return page.rows

    def _places(self, rows: Sequence[Any], size: int, start: int) -> list[Any]:
        if not 0 <= start <= len(rows):
            raise ValueError(start)
        more, back = start + size < len(rows), max(0, start - size)
        self.next = self._link("cursor", str(start + size) if more else "")
        self.previous = self._link("cursor", str(back) if start else "")
        return list(rows[start : start + size])

    def _link(self, name: str, mark: str) -> str | None:
        bare = remove_query_param(remove_query_param(self.url, "cursor"), "before")
        return replace_query_param(bare, name, mark) if mark else None


def _size(text: str) -> int:
    if not text:
        return DEFAULT_SIZE
    size = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    if not 1 <= size <= LARGEST_SIZE:
        raise ValidationError({"page_size": [f"Use 1 to {LARGEST_SIZE}."]}, code="page_size")
    return size
