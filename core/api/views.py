"""What the API's views build on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.generics import ListAPIView
from rest_framework.views import APIView

from core.actor import Actor
from core.api.actors import actor_of_request
from core.errors import FieldError, InvalidInput
from core.lists.definition import ListDefinition


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
        if filterset is not None and filterset.errors:
            raise InvalidInput(
                FieldError(path=name, code=fault["code"] or "invalid", message=fault["message"])
                for name, faults in filterset.errors.get_json_data().items()
                for fault in faults
            )
        return self.definition.rows(caller, params)
