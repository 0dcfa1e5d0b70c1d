"""A list, described once: the screen, the files and the API read the same description."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django_filters.filterset import FilterSet

from core.access import has_right
from core.accounts.models import User
from core.actor import Actor
from core.lists.paging import SortKey, sort_keys

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Column(Generic[M]):
    """One column. ``value`` must not query: select or prefetch what it needs in the list's selector.

    ``sort`` is the ORM path to order by, or several of them; give the table an index over them and the primary key.
    """

    name: str
    label: str
    value: Callable[[M], Any]
    sort: str | tuple[str, ...] = ()
    default: bool = True
    help: str = ""

    @property
    def sort_paths(self) -> tuple[str, ...]:
        """The paths to order by, always as a tuple."""
        return (self.sort,) if isinstance(self.sort, str) else self.sort


@dataclass(frozen=True, slots=True)
class BulkAction(Generic[M]):
    """Something to do with many rows. ``run`` gets them as a queryset, already cut to what the person may see.

    It returns the sentence to show, or an answer such as a redirect to the job that does the work.
    """

    name: str
    label: str
    run: Callable[[QuerySet[M], Actor], str | HttpResponse]
    right: str = ""
    confirm: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class PageButton:
    """A button above the list, such as “Add producer”."""

    label: str
    url: Callable[[], str]
    right: str = ""
    icon: str = "add"


@dataclass(frozen=True, slots=True)
class EmptyState:
    """What an empty list says, and what to do next."""

    title: str
    text: str = ""
    button: PageButton | None = None


@dataclass(frozen=True)
class ListDefinition(Generic[M]):
    """One list. ``selector`` gives the rows that a person may see; everything else narrows, orders and shows them."""

    key: str
    title: str
    selector: Callable[[User], QuerySet[M]]
    columns: Sequence[Column[M]]
    right: str = ""
    default_sort: str = ""
    filterset_class: type[FilterSet] | None = None
    search: Callable[[QuerySet[M], str], QuerySet[M]] | None = None
    search_hint: str = "Search"
    row_url: Callable[[M], str] | None = None
    actions: Sequence[BulkAction[M]] = ()
    buttons: Sequence[PageButton] = ()
    empty: EmptyState = field(default_factory=lambda: EmptyState("Nothing here yet."))
    nouns: tuple[str, str] = ("row", "rows")
    intro: str = ""

    @cached_property
    def by_name(self) -> dict[str, Column[M]]:
        """The columns by their name."""
        return {column.name: column for column in self.columns}

    def filterset(self, user: User, params: Mapping[str, Any]) -> FilterSet | None:
        """The filters filled in from a query string; None when the list has none."""
        if self.filterset_class is None:
            return None
        return self.filterset_class(params, queryset=self.selector(user))

    def rows(self, user: User, params: Mapping[str, Any]) -> QuerySet[M]:
        """The rows that match a query string. Filters that cannot be understood match nothing: never too much."""
        filterset = self.filterset(user, params)
        rows = self.selector(user)
        if filterset is not None:
            rows = rows.none() if filterset.errors else filterset.qs
        term = str(params.get("q", "")).replace("\x00", "").strip()
        return self.search(rows, term) if self.search and term else rows

    def sort(self, rows: QuerySet[M], wanted: str) -> list[SortKey]:
        """The order for ``name`` or ``-name``; the default one when that column cannot be sorted by."""
        for each in (wanted, self.default_sort):
            column = self.by_name.get(each.lstrip("-"))
            if column and column.sort_paths:
                return sort_keys(rows, column.sort_paths, descending=each.startswith("-"))
        return sort_keys(rows, (), descending=self.default_sort.startswith("-"))

    def columns_shown(self, names: Sequence[str]) -> list[Column[M]]:
        """The chosen columns in the order of the list; the default ones when none of the names is known."""
        chosen = [column for column in self.columns if column.name in names]
        return chosen or [column for column in self.columns if column.default]

    def actions_for(self, user: User) -> list[BulkAction[M]]:
        """The actions that the person may use."""
        return [action for action in self.actions if has_right(user, action.right)]
