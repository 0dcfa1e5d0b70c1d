"""What the columns of an upload are called, hold and accept: a django-import-export resource without a model.

The engine reads thousands of rows at once and writes them in sets, so of django-import-export it takes the parts that
say what a cell means: fields, and widgets that clean texts into values and render values as texts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, TypedDict

from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from core.imports.hiding import hidden, last_four

__all__ = [
    "CellFault",
    "Column",
    "Problem",
    "Reader",
    "Text",
    "UploadResource",
    "last_four",
    "problem",
    "warning",
]


class Problem(TypedDict):
    """Something to be said about a cell, or about the row when ``column`` is blank. Holds no secret."""

    level: str
    column: str
    code: str
    message: str
    value: str


class CellFault(ValueError):
    """What a widget raises for a text it cannot take; the sentence says what would be right."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Text(Widget):
    """Plain text of at most ``most`` characters."""

    def __init__(self, most: int = 100) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.most = most

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        """The text as it is."""
        if len(value) > self.most:
            raise CellFault("too_long", f"At most {self.most} characters fit here; these are {len(value):,}.")
        return value

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """The text again; nothing for absent."""
        return "" if value is None else str(value)


class Column(Field):
    """One column of a file.

    ``synonyms`` are further headers it goes by; case, spaces, underscores and hyphens never matter. The cells of a
    ``secret`` one are kept encrypted and shown by their last four characters. ``accepted`` gives the values for the
    template's sheet ``accepted_values``, as ``(value, meaning)``. ``hints`` are headers that may well mean it: it is
    offered for them, and a person decides.
    """

    may_be_blank = False
    """Of a required one: whether its cells may be blank, so that only its header is needed."""
    blank_says = ""
    """What is said of a blank cell of a required one where there is more to say than that it is needed."""

    def __init__(
        self,
        column_name: str,
        widget: Widget | None = None,
        *,
        required: bool = False,
        synonyms: Sequence[str] = (),
        hints: Sequence[str] = (),
        secret: bool = False,
        help_text: str = "",
        example: str = "",
        accepted: Callable[[], Sequence[tuple[str, str]]] | None = None,
    ) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            attribute=column_name, column_name=column_name, widget=widget or Text()
        )
        self.required = required
        self.synonyms = tuple(synonyms)
        self.hints = tuple(hints)
        self.secret = secret
        self.help_text = help_text
        self.example = example
        self.accepted = accepted


class UploadResource(Resource):
    """The columns of one type of upload, declared as attributes: ``npn = Column("agent_npn", Npn())``."""

    fields: Mapping[str, Column]

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The columns by their names, in the order of the template."""
        return {column.column_name: column for column in self.fields.values()}

    @cached_property
    def secret_columns(self) -> frozenset[str]:
        """Names of the columns whose cells are secrets."""
        return frozenset(name for name, column in self.columns.items() if column.secret)

    def read(self, cells: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
        """The values of the filled cells by column, and what is wrong with the others. Blank is absent."""
        return Reader(self).read(cells)

    def texts(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Values as the texts that ``read`` would take them from again."""
        return {name: self.columns[name].widget.render(value) for name, value in values.items()}


#: Texts of a column that are remembered with their values: of states and the like there are few.
_REMEMBERED = 1000
_UNKNOWN = object()


class Reader:
    """Reads the rows of a file. Equal cells are cleaned once and share their value, so values are never changed."""

    def __init__(self, resource: UploadResource, only: Collection[str] | None = None) -> None:
        self._columns: list[tuple[str, Callable[[str], Any], Column, dict[str, Any]]] = [
            (name, column.widget.clean, column, {})
            for name, column in resource.columns.items()
            if only is None or name in only
        ]

    def read(self, cells: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
        """The values of the filled cells by column, and what is wrong with the others. Blank is absent."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, clean, column, known in self._columns:
            text = cells.get(name)
            if not text:
                if column.required and not column.may_be_blank:
                    says = column.blank_says or f"{name} is needed in every row."
                    problems.append(problem(name, "required", says))
            elif (value := known.get(text, _UNKNOWN)) is not _UNKNOWN:
                values[name] = value
            else:
                try:
                    values[name] = value = clean(text)
                except CellFault as fault:
                    problems.append(_fault(column, text, fault))
                else:
                    if len(known) < _REMEMBERED and not column.secret:
                        known[text] = value
        return values, problems


def _fault(column: Column, text: str, fault: CellFault) -> Problem:
    """What is wrong with a cell; of a secret one neither message nor value quotes it."""
    if not column.secret:
        return problem(column.column_name, fault.code, str(fault), text)
    shown = last_four(text)
    return problem(column.column_name, fault.code, str(fault).replace(text, shown), shown)


def problem(column: str, code: str, message: str, value: str = "", *, level: str = "error") -> Problem:
    """Something to be said about a cell; social security numbers in it are cut to their last four digits."""
    return {
        "level": level,
        "column": column,
        "code": code,
        "message": hidden(message),
        "value": hidden(value)[:200],
    }


SLIPPED = "slipped"
"""A row that only its file, or a person who mends it, can say is right: checking it again does not."""


def warning(column: str, code: str, message: str, value: str = "") -> Problem:
    """Something worth knowing that does not stop the row."""
    return problem(column, code, message, value, level="warning")
