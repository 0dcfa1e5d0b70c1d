"""What the API's views build on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters.filters import BooleanFilter
from django_filters.filterset import FilterSet
from rest_framework.generics import ListAPIView
from rest_framework.views import APIView

from core.actor import Actor
from core.api.actors import actor_of_request
from core.errors import FieldError, InvalidInput
from core.lists.definition import ListDefinition

YES_OR_NO = {"", "true", "false", "1", "0"}


class ApiView(APIView):
    """A view with scopes for clients and rights for people, by method; see ScopePermission for what is assumed."""

    required_scopes: ClassVar[dict[str, list[str]]] = {}
    required_rights: ClassVar[dict[str, str]] = {}
    idempotency_key_required: ClassVar[bool] = False
    commits_itself: ClassVar[bool] = False

    @property
    def actor(self) -> Actor:
        """Who called."""
        return actor_of_request(self.request)


class ListView(ApiView, ListAPIView[Any]):
    """A list in pages. With a ``definition`` it has the rows and filters of the screen of that list."""

    definition: ClassVar[ListDefinition[Any] | None] = None
    ordering: ClassVar[str] = ""

    def get_queryset(self) -> QuerySet[Any]:
        """The definition's rows for the query string. A filter that cannot be understood is refused."""
        if self.definition is None:
            return super().get_queryset()
        params = self.request.query_params
        caller: Any = self.request.user  # a client stands where a user does
        filterset = self.definition.filterset(caller, params)
        faults = list(_faults(filterset)) if filterset is not None else []
        if faults:
            raise InvalidInput(faults)
        return self.definition.rows(caller, params)


def _faults(filterset: FilterSet) -> Iterator[FieldError]:
    """What cannot be understood; a yes or no that is neither, too, which a screen takes for “all”."""
    for name, faults in filterset.errors.get_json_data().items():
        for fault in faults:
            yield FieldError(path=name, code=fault["code"] or "invalid", message=fault["message"])
    for name, each in filterset.filters.items():
        if isinstance(each, BooleanFilter) and filterset.data.get(name, "") not in YES_OR_NO:
            yield FieldError(path=name, code="invalid", message="Say true or false.")
