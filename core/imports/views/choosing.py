"""The types of upload as cards to choose from: what a row does, its columns, its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.access import has_right, lacking
from core.accounts.models import User
from core.imports.forms import UploadForm
from core.imports.resource import Column
from core.imports.types import Option, Upload, all_uploads

VALUES_SHOWN = 12
"""Accepted values of a column on the page; the template has them all."""


@dataclass(frozen=True, slots=True)
class ColumnHelp:
    """What one column is for, in words."""

    name: str
    needed: bool
    help_text: str
    example: str
    synonyms: str
    values: list[tuple[str, str]]
    further_values: int


@dataclass(frozen=True, slots=True)
class OptionField:
    """An option as the form shows it. ``why_not`` says which right it would take."""

    name: str
    label: str
    help_text: str
    choices: list[tuple[str, str, bool]]
    checked: bool
    why_not: str
    errors: Sequence[str]


@dataclass(frozen=True, slots=True)
class TypeCard:
    """A type to choose. ``why_not`` says which right it would take."""

    upload: Upload
    checked: bool
    why_not: str
    columns: list[ColumnHelp]
    options: list[OptionField]
    templates: list[tuple[str, str]]


def uploads_of(user: User) -> list[Upload]:
    """The types that the person may use."""
    return [upload for upload in all_uploads() if has_right(user, upload.right)]


def cards(user: User, form: UploadForm, wanted: str) -> list[TypeCard]:
    """Every type there is; those that take a right the person lacks say so."""
    chosen = str(form.data.get("type", "")) if form.is_bound else wanted
    usable = [upload.name for upload in uploads_of(user)]
    if len(usable) == 1:
        chosen = chosen or usable[0]
    return [_card(user, form, upload, chosen=chosen) for upload in all_uploads()]


def _card(user: User, form: UploadForm, upload: Upload, *, chosen: str) -> TypeCard:
    why_not = lacking(user, upload.right)
    return TypeCard(
        upload=upload,
        checked=upload.name == chosen and not why_not,
        why_not=why_not,
        columns=[] if why_not else [_help(name, column) for name, column in upload.resource.columns.items()],
        options=[] if why_not else [_option(user, form, upload, option) for option in upload.options],
        templates=[
            (kind.upper(), reverse("imports:template", args=[upload.name, kind])) for kind in ("csv", "xlsx")
        ],
    )


def _help(name: str, column: Column) -> ColumnHelp:
    values = list(column.accepted()) if column.accepted else []
    return ColumnHelp(
        name=name,
        needed=column.required,
        help_text=column.help_text,
        example=column.example,
        synonyms=", ".join(column.synonyms),
        values=values[:VALUES_SHOWN],
        further_values=max(0, len(values) - VALUES_SHOWN),
    )


def _option(user: User, form: UploadForm, upload: Upload, option: Option) -> OptionField:
    name = f"{upload.name}-{option.name}"
    of_this = form.is_bound and form.data.get("type") == upload.name
    given: Any = form.data.get(name, "") if of_this else option.default
    return OptionField(
        name=name,
        label=option.label,
        help_text=option.help_text,
        choices=[(value, label, value == given) for value, label in option.choices],
        checked=bool(given) and not option.choices,
        why_not=lacking(user, option.right),
        errors=[str(error) for error in form.errors.get(name, [])] if form.is_bound else [],
    )
