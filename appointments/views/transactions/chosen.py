"""Which transactions a page is about: ticked ones, a batch, or what a request set has made."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from appointments.models import Transaction
from appointments.selectors.transactions import transaction_list, transactions_in
from core.errors import InvalidInput

MOST = 10_000
"""As many as one request set can ask for."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The transactions, and the page to go back to. ``scope`` says the same in a shorter way where there is one."""

    ids: list[int]
    back: str
    scope: Q | None = None

    @classmethod
    def read(cls, params: QueryDict) -> Chosen:
        """From ``ids`` (comma separated), ``batch`` or ``request_set``; InvalidInput when they are too many."""
        scope = _scope(params)
        ids = _given(params) if scope is None else _pks(transaction_list().filter(scope))
        if len(ids) > MOST:
            message = f"{len(ids):,} transactions are too many for one step; choose at most {MOST:,}."
            raise InvalidInput([{"path": "ids", "code": "too_many", "message": message}])
        return cls(ids, _back(params, ids), scope)

    @property
    def rows(self) -> QuerySet[Transaction]:
        return transactions_in(self.ids) if self.scope is None else transaction_list().filter(self.scope)

    @property
    def text(self) -> str:
        """The ids as a form carries them."""
        return ",".join(map(str, self.ids))


def _scope(params: QueryDict) -> Q | None:
    """A whole batch, or all that a request set has made."""
    batch, request_set = params.get("batch", ""), _uuid(params.get("request_set", ""))
    if _is_id(batch):
        return Q(batch=int(batch))
    return Q(bulk_request=request_set) if request_set else None


def _given(params: QueryDict) -> list[int]:
    return sorted({int(part) for part in params.get("ids", "").split(",") if _is_id(part)})


def _pks(rows: QuerySet[Transaction]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _back(params: QueryDict, ids: list[int]) -> str:
    """Where it was chosen; without that, the one transaction, or the list."""
    wanted = params.get("back", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    if _is_id(params.get("batch", "")):
        return reverse("appointments:batch", args=[params["batch"]])
    if len(ids) == 1:
        return reverse("appointments:transaction", args=ids)
    return reverse("appointments:transactions")
