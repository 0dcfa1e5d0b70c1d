"""What is sent to the addresses of uploads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.parsers import storable
from core.api.serializers import StrictSerializer
from core.errors import FieldError, InvalidInput
from core.imports.types import FALSE_WORDS, TRUE_WORDS, all_uploads, upload_named

LONGEST_TEXT = 1000
"""Characters of a cell that is mended; a column may take less."""


class EmptySerializer(StrictSerializer):
    """Nothing needs to be said."""


class ProcessSerializer(StrictSerializer):
    """What it may cost, where it costs anything."""

    confirm_cost = serializers.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text="The cost as last told; needed where the options spend.",
    )


class ColumnsSerializer(StrictSerializer):
    """What headers mean."""

    columns = serializers.DictField(
        child=serializers.CharField(allow_null=True, max_length=60),
        help_text="For each header its column; null leaves the header alone.",
    )
    remember = serializers.BooleanField(default=True, help_text="Take these headers so in later files, too.")


class MendSerializer(StrictSerializer):
    """New texts for cells; the row is checked again with them."""

    values = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=LONGEST_TEXT, trim_whitespace=True),
        allow_empty=False,
        help_text="For each column to be mended its new text; a blank one empties the cell.",
    )
    check = serializers.BooleanField(
        default=True, help_text="false: check later, with `check`, when further rows are mended as well."
    )


@extend_schema_field(OpenApiTypes.BINARY)
class _Bytes(serializers.FileField):
    """A file that is sent."""


class UploadSerializer(serializers.Serializer[Any]):
    """The parts of an upload. Each option of its type is a part of its own."""

    type = serializers.CharField()
    file = _Bytes(help_text="CSV or XLSX, at most 20 MB and 100,000 rows.")
    again = serializers.BooleanField(
        required=False, help_text="true: upload it although the same file was uploaded before."
    )
    mapping = serializers.CharField(
        required=False, help_text='What headers mean, as JSON: {"header": "column"}; null leaves it alone.'
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With the options of all types that there are."""
        return super().get_fields() | {
            name: serializers.CharField(required=False, help_text=text) for name, text in _options().items()
        }


def _options() -> dict[str, str]:
    """What each option is, for each type that has one of that name."""
    told: dict[str, list[str]] = {}
    for upload in all_uploads():
        for option in upload.options:
            choices = " or ".join(f"`{name}`" for name, _label in option.choices) or "`true` or `false`"
            sentences = [f"{upload.title}: {option.label}.", option.help_text, f"Say {choices}."]
            told.setdefault(option.name, []).append(" ".join(filter(None, sentences)))
    return {name: " ".join(sentences) for name, sentences in told.items()}


@dataclass(slots=True)
class Sent:
    """A multipart body that has been read."""

    type: str
    file: UploadedFile[Any]
    options: dict[str, str]
    again: bool
    mapping: dict[str, str]


@dataclass(slots=True)
class _Reading:
    """The body, and what is wrong with it."""

    fields: QueryDict
    files: MultiValueDict[str, UploadedFile[Any]]
    faults: list[FieldError] = field(default_factory=list)

    def fault(self, path: str, code: str, message: str) -> None:
        self.faults.append({"path": path, "code": code, "message": message})


def read_upload(fields: QueryDict, files: MultiValueDict[str, UploadedFile[Any]]) -> Sent:
    """The parts of an upload; InvalidInput with everything that is wrong with them, options included."""
    body = _Reading(fields, files)
    said = {name: _one(body, name) for name in fields}
    file = _file(body)
    again, mapping = _again(body, said), _mapping(body, said)
    kind = said.pop("type", "")
    for name in ("again", "mapping", "file"):
        said.pop(name, None)
    _judge_type(body, kind, said)
    if body.faults or file is None:
        raise InvalidInput(body.faults)
    return Sent(kind, file, said, again, mapping)


def _one(body: _Reading, name: str) -> str:
    values = [str(value) for value in body.fields.getlist(name)]
    if len(values) > 1:
        body.fault(name, "repeated", f"“{name[:50]}” stands here {len(values)} times; send it once.")
    if "\0" in values[0] or "\0" in name:
        body.fault(name.replace("\0", ""), "null_characters_not_allowed", "A NUL character cannot be kept.")
    return values[0]


def _file(body: _Reading) -> UploadedFile[Any] | None:
    for name in body.files:
        if name != "file":
            body.fault(name, "unknown_field", "There is no such field; the file is sent as “file”.")
    given = body.files.getlist("file")
    if len(given) > 1:
        body.fault("file", "several_files", f"Send one file a request; these are {len(given)}.")
    elif not given and "file" in body.fields:
        body.fault("file", "no_file", "“file” came as a text. Send it as a file, with a file name.")
    elif not given:
        body.fault("file", "required", "Send the file as the part “file”, with a file name.")
    return given[0] if len(given) == 1 else None


def _again(body: _Reading, said: Mapping[str, str]) -> bool:
    word = said.get("again", "").strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        body.fault("again", "invalid", "Say true or false.")
    return word in TRUE_WORDS


def _mapping(body: _Reading, said: Mapping[str, str]) -> dict[str, str]:
    text = said.get("mapping", "")
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(each, str | None) for each in found.values()):
        body.fault("mapping", "invalid", 'Write it as a JSON object: {"header": "column"}.')
        return {}
    if not all(map(storable, (*found, *filter(None, found.values())))):
        body.fault(
            "mapping",
            "invalid",
            "It holds a NUL character or half of a surrogate pair; no header has either.",
        )
        return {}
    return {header: column or "" for header, column in found.items()}


def _judge_type(body: _Reading, kind: str, options: Mapping[str, str]) -> None:
    if not kind:
        known = ", ".join(upload.name for upload in all_uploads())
        body.fault("type", "required", f"Say which type of upload it is: {known}.")
        return
    try:
        upload_named(kind).read_options(options)
    except InvalidInput as refusal:
        body.faults += refusal.errors
