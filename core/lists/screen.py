"""What the page of a list shows: everything worked out here, so that the template only writes it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.forms import DateInput
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_filters.filterset import FilterSet

from core.access import has_right
from core.accounts.models import User
from core.lists import services
from core.lists.cells import on_screen
from core.lists.definition import BulkAction, Column, ListDefinition, PageButton
from core.lists.models import SavedView
from core.lists.paging import Page, capped_count, keyset_page

M = TypeVar("M", bound=Model)
PAGE_SIZES = (25, 50, 100, 250)
DEFAULT_SIZE = 50
#: Parts of the address that say where one is, not what one looks at.
POSITION = ("after", "before")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: what it says, where a click leads, how it is sorted now."""

    column: Column[Any]
    url: str
    aria_sort: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row: its id for the check box, and its cells with their labels (for narrow screens)."""

    pk: Any
    name: str
    cells: list[tuple[str, SafeString | str]]


class ListScreen(Generic[M]):
    """One list as one person looks at it through one address."""

    def __init__(self, definition: ListDefinition[M], user: User, params: QueryDict) -> None:
        self.definition = definition
        self.user = user
        self.params = params

    @property
    def is_searchable(self) -> bool:
        """Whether there is a search box; a template cannot ask for a function without calling it."""
        return self.definition.search is not None

    @property
    def term(self) -> str:
        """What is searched for."""
        return self.params.get("q", "").strip()

    @property
    def size(self) -> int:
        """Rows a page."""
        return {str(size): size for size in PAGE_SIZES}.get(self.params.get("page_size", ""), DEFAULT_SIZE)

    @property
    def sort(self) -> str:
        """The column sorted by, with a minus when descending."""
        return self.params.get("sort", "") or self.definition.default_sort

    @cached_property
    def filterset(self) -> FilterSet | None:
        """The filters with what they are set to; used for their form only."""
        filterset = self.definition.filterset(self.user, self.params)
        if filterset is not None:
            for field in filterset.form.fields.values():
                field.widget.attrs.setdefault("class", "as-input")
                if isinstance(field.widget, DateInput):
                    field.widget.input_type = "date"
        return filterset

    @cached_property
    def rows(self) -> Any:
        """Every row that matches."""
        return self.definition.rows(self.user, self.params)

    @cached_property
    def columns(self) -> list[Column[M]]:
        """The columns shown."""
        return self.definition.columns_shown(self.params.getlist("columns"))

    @cached_property
    def page(self) -> Page[M]:
        """The rows of this page."""
        return keyset_page(
            self.rows,
            self.definition.sort(self.rows, self.sort),
            self.size,
            after=self.params.get("after", ""),
            before=self.params.get("before", ""),
        )

    @cached_property
    def count(self) -> tuple[int, bool]:
        """How many rows match, and whether there are more than that."""
        return capped_count(self.rows)

    @property
    def count_text(self) -> str:
        """“1 producer”, “312 producers”, “10,000+ producers”."""
        number, more = self.count
        noun = self.definition.nouns[0 if number == 1 else 1]
        return f"{number:,}{'+' if more else ''} {noun}"

    @cached_property
    def actions(self) -> list[BulkAction[M]]:
        """What may be done with chosen rows."""
        return self.definition.actions_for(self.user)

    @property
    def buttons(self) -> list[PageButton]:
        """The buttons above the list that the person may use."""
        return [button for button in self.definition.buttons if has_right(self.user, button.right)]

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter is on: an empty answer then asks to widen it."""
        own = {"q", "sort", "columns", "page_size", "view", *POSITION}
        return bool(self.term) or any(value for name, value in self.params.items() if name not in own)

    @cached_property
    def saved_views(self) -> list[SavedView]:
        """Views to choose from."""
        return list(services.views_for(self.user, self.definition.key))

    @property
    def current_view(self) -> SavedView | None:
        """The view that was opened, if one was."""
        return next((view for view in self.saved_views if str(view.pk) == self.params.get("view")), None)

    @property
    def may_share(self) -> bool:
        """Whether the person may share views with everybody."""
        return has_right(self.user, services.SHARE)

    def headings(self) -> list[Heading]:
        """The heads of the columns."""
        return [self._heading(column) for column in self.columns]

    def shown_rows(self) -> list[ShownRow]:
        """The rows of this page, ready to be written down."""
        return [self._row(row) for row in self.page.rows]

    def choices_of_columns(self) -> list[tuple[Column[M], bool]]:
        """All columns, and whether each is shown."""
        return [(column, column in self.columns) for column in self.definition.columns]

    def address(self, *without: str, **changes: str) -> str:
        """The present address, from the question mark on, with some parts changed and others left out."""
        params = self.params.copy()
        for name in (*without, *POSITION):
            params.pop(name, None)
        for name, value in changes.items():
            params[name] = value
        return f"?{params.urlencode()}"

    def next_url(self) -> str:
        """Where “Next” leads; "" on the last page."""
        return self.address(after=self.page.next) if self.page.next else ""

    def previous_url(self) -> str:
        """Where “Previous” leads; "" on the first page."""
        return self.address(before=self.page.previous) if self.page.previous else ""

    def first_url(self) -> str:
        """The first page."""
        return self.address()

    def export_urls(self) -> list[tuple[str, str]]:
        """The file kinds and where to get them."""
        return [("CSV", self.address(export="csv")), ("XLSX", self.address(export="xlsx"))]

    def kept_for(self, *own: str) -> list[tuple[str, str]]:
        """Hidden fields for a form that changes only its own parts of the address."""
        leave = {*own, *POSITION, "view"}
        return [
            (name, value) for name, values in self.params.lists() if name not in leave for value in values
        ]

    def kept_for_filters(self) -> list[tuple[str, str]]:
        """What the search and filter form leaves as it is."""
        filters: Sequence[str] = list(self.filterset.form.fields) if self.filterset else []
        ranges = [name for name in self.params if name.rsplit("_", 1)[0] in filters]
        return self.kept_for("q", *filters, *ranges)

    def kept_for_columns(self) -> list[tuple[str, str]]:
        """What the column chooser leaves as it is."""
        return self.kept_for("columns", "page_size")

    def page_sizes(self) -> tuple[int, ...]:
        """The sizes to choose from."""
        return PAGE_SIZES

    def _heading(self, column: Column[M]) -> Heading:
        if not column.sort_paths:
            return Heading(column, "", "")
        descending = f"-{column.name}"
        if self.sort == column.name:
            return Heading(column, self.address(sort=descending), "ascending")
        direction = "descending" if self.sort == descending else "none"
        return Heading(column, self.address(sort=column.name), direction)

    def _row(self, row: M) -> ShownRow:
        cells = [(column.label, on_screen(column.value(row))) for column in self.columns]
        if self.definition.row_url and cells and "<a " not in cells[0][1]:
            label, first = cells[0]
            url = self.definition.row_url(row)
            cells[0] = (label, format_html('<a class="as-link as-row-link" href="{}">{}</a>', url, first))
        return ShownRow(row.pk, str(row), cells)
