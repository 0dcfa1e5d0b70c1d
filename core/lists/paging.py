"""Paging by position, not by number: the thousandth page costs what the first does, and nothing is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

M = TypeVar("M", bound=Model)
COUNT_CAP = 10_000
#: Marks are signed: only values that a row of ours held ever reach the database.
_MARKS = signing.Signer(salt="core.lists.paging")


@dataclass(frozen=True, slots=True)
class SortKey:
    """One part of an order. Rows without a value come last, whichever way it goes."""

    path: str
    descending: bool
    nullable: bool

    def ordering(self, backwards: bool) -> OrderBy:
        """The ORDER BY term; read backwards when walking to the previous page."""
        descending = self.descending != backwards
        nulls = {} if not self.nullable else {"nulls_first": True} if backwards else {"nulls_last": True}
        return OrderBy(F(self.path), descending=descending, **nulls)

    def same(self, value: Any) -> Q:
        """Rows with the same value."""
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def beyond(self, value: Any, backwards: bool) -> Q:
        """Rows that come after the value in the direction of walking."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if backwards else Q(pk__in=[])
        sign = "lt" if self.descending != backwards else "gt"
        further = Q(**{f"{self.path}__{sign}": value})
        return further | Q(**{f"{self.path}__isnull": True}) if self.nullable and not backwards else further


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows, and the marks that lead to their neighbours ("" where there are none)."""

    rows: list[M]
    next: str
    previous: str


def sort_keys(rows: QuerySet[Any], paths: Sequence[str], *, descending: bool) -> list[SortKey]:
    """The order over the paths, made total by the primary key."""
    keys = [SortKey(path, descending, _nullable(rows, path)) for path in paths if path != "pk"]
    return [*keys, SortKey("pk", descending, nullable=False)]


def keyset_page(
    rows: QuerySet[M],
    keys: Sequence[SortKey],
    size: int,
    *,
    after: str = "",
    before: str = "",
    strict: bool = False,
) -> Page[M]:
    """The page after one mark or before another.

    A mark that means nothing leads to the first page; when ``strict`` it is refused with ValueError.
    """
    marked = rows.annotate(**{f"_key{index}": F(key.path) for index, key in enumerate(keys)})
    position = _position(marked, before or after, len(keys))
    if strict and position is None and (before or after):
        raise ValueError("The mark cannot be read.")
    backwards = bool(before) and position is not None
    if position is not None:
        marked = marked.filter(_beyond(keys, position, backwards))
    found = list(marked.order_by(*(key.ordering(backwards) for key in keys))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, more) if backwards else (more, position is not None)
    return Page(
        rows=found,
        next=_mark(found[-1], len(keys)) if found and has_next else "",
        previous=_mark(found[0], len(keys)) if found and has_previous else "",
    )


def capped_count(rows: QuerySet[Any], cap: int = COUNT_CAP) -> tuple[int, bool]:
    """How many rows there are, and whether there are more than could be counted cheaply."""
    counted = rows.order_by()[: cap + 1].count()
    return min(counted, cap), counted > cap


def _beyond(keys: Sequence[SortKey], position: Sequence[Any], backwards: bool) -> Q:
    condition, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, position, strict=True):
        condition |= same & key.beyond(value, backwards)
        same &= key.same(value)
    first, value = keys[0], position[0]
    if len(keys) > 1 and not first.nullable:
        # Says nothing new, but lets the database walk the index from the mark instead of from its start.
        sign = "lte" if first.descending != backwards else "gte"
        condition &= Q(**{f"{first.path}__{sign}": value})
    return condition


def _mark(row: Model, keys: int) -> str:
    values = [getattr(row, f"_key{index}") for index in range(keys)]
    # str() keeps the microseconds of a moment, which Django's own encoder would cut off.
    plain = [each if isinstance(each, int | str | None) else str(each) for each in values]
    return _MARKS.sign_object(plain)


def _position(rows: QuerySet[Any], mark: str, keys: int) -> list[Any] | None:
    """The values behind a mark; None for none, and for one that was tampered with or belongs to another order."""
    try:
        values = _MARKS.unsign_object(mark)
        if not isinstance(values, list) or len(values) != keys:
            return None
        fields = [rows.query.annotations[f"_key{index}"].output_field for index in range(keys)]
        return [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    except (signing.BadSignature, ValueError, TypeError, ValidationError):
        return None


def _nullable(rows: QuerySet[Any], path: str) -> bool:
    """Whether the path can lead to nothing; an annotation may always."""
    model = rows.model
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        if field.null:
            return True
        model = field.related_model or model
    return False
