"""An upload and its rows as they read over REST. Of secrets no more is told than their last four characters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from core.imports.api.possible import possible
from core.imports.enums import Outcome, Question, RowState, RunStatus
from core.imports.models import ImportRow, ImportRun
from core.imports.types import upload_named
from core.state_table import HasRight

Fields = dict[str, serializers.Field[Any, Any, Any, Any]]


class ImportCountsSerializer(serializers.Serializer[Any]):
    """How many rows the file has, and how they were judged."""

    def get_fields(self) -> Fields:
        """One for each outcome; declared, ``update`` would hide the method of that name."""
        return {name: serializers.IntegerField() for name in ("rows", *Outcome.values)}


class ImportProcessedSerializer(serializers.Serializer[Any]):
    """What processing has made of rows up to now."""

    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    undone = serializers.IntegerField()


class ImportSerializer(serializers.Serializer[Any]):
    """An upload as ``run_as_json`` tells it."""

    id = serializers.IntegerField()
    type = serializers.CharField()
    status = serializers.ChoiceField(RunStatus.choices)
    question = serializers.ChoiceField(
        Question.choices[1:],
        allow_null=True,
        help_text="What has to be answered before the file is read.",
    )
    file_name = serializers.CharField()
    file_size = serializers.IntegerField(help_text="In bytes.")
    format = serializers.CharField()
    options = serializers.DictField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    parsed_at = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    same_as = serializers.IntegerField(allow_null=True, help_text="The earlier upload of the same file.")
    counts = ImportCountsSerializer()
    processed = ImportProcessedSerializer()
    cost = serializers.DecimalField(
        max_digits=14,
        decimal_places=2,
        allow_null=True,
        help_text="What processing would cost at once, as far as is known; null where nothing is spent.",
    )
    columns = serializers.DictField(
        child=serializers.CharField(allow_null=True),
        help_text="For each header of the file the column it is taken for; null for one that is only kept.",
    )
    missing_columns = serializers.ListField(child=serializers.CharField())
    unknown_columns = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField(allow_blank=True)
    job = serializers.UUIDField(allow_null=True)
    allowed = serializers.ListField(
        child=serializers.CharField(), help_text="What this caller may do with it now."
    )

    def to_representation(self, instance: ImportRun) -> dict[str, Any]:
        """As it is now, and what the caller of the request may do with it."""
        told: dict[str, Any] = super().to_representation(
            run_as_json(instance, self.context["request"].user.has_perm)
        )
        return told


class ImportRowProblemSerializer(serializers.Serializer[Any]):
    """Something to be said about a cell, or about the row where ``column`` is blank."""

    column = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()
    value = serializers.CharField(allow_blank=True)


class ImportRowSerializer(serializers.Serializer[Any]):
    """A row as ``row_as_json`` tells it."""

    def get_fields(self) -> Fields:
        """Its parts; declared, ``label`` and ``errors`` would hide what serializers call so."""
        return {
            "row": serializers.IntegerField(help_text="As a spreadsheet counts: the header is row 1."),
            "label": serializers.CharField(allow_blank=True),
            "outcome": serializers.ChoiceField(Outcome.choices),
            "state": serializers.ChoiceField(RowState.choices[1:], allow_null=True),
            "mended": serializers.BooleanField(),
            "values": _texts(),
            "extra": _texts(help_text="Cells of columns that are only kept."),
            "changes": serializers.DictField(
                child=serializers.ListField(child=serializers.CharField(allow_blank=True, allow_null=True)),
                help_text="For each column that it changes the value before and after.",
            ),
            "errors": ImportRowProblemSerializer(many=True),
            "warnings": ImportRowProblemSerializer(many=True),
            "effect": serializers.DictField(help_text="What came of it, in the words of its type."),
        }

    def to_representation(self, instance: ImportRow) -> dict[str, Any]:
        """With everything that is wrong with it."""
        told: dict[str, Any] = super().to_representation(row_as_json(instance))
        return told


def run_as_json(run: ImportRun, has_right: HasRight) -> dict[str, Any]:
    """The upload, and what this caller may do with it now."""
    return {
        "id": run.pk,
        "type": run.type,
        "status": run.status,
        "question": run.question or None,
        "file_name": run.file_name,
        "file_size": run.file_size,
        "format": run.format,
        "options": run.options,
        "created_at": run.created_at,
        "created_by": run.asked_by_label,
        "parsed_at": run.parsed_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "same_as": run.same_as_id,
        "counts": {"rows": run.rows_total, **{name: run.counts.get(name, 0) for name in Outcome.values}},
        "processed": {name: run.results.get(name, 0) for name in RowState.values if name},
        "cost": dollars(run.foreseen.get("cost_cents")),
        "columns": _columns(run),
        "missing_columns": missing_columns(run),
        "unknown_columns": run.unknown_columns,
        "warnings": run.warnings,
        "message": run.message,
        "job": run.job_id,
        "allowed": possible(run, has_right),
    }


def row_as_json(row: ImportRow) -> dict[str, Any]:
    """A row with everything that is wrong with it, and what came of it."""
    return {
        "row": row.number,
        "label": row.label,
        "outcome": row.outcome,
        "state": row.state or None,
        "mended": row.mended,
        "values": row.cells,
        "extra": row.extra,
        "changes": row.changes,
        "errors": [_problem(each) for each in row.problems_of("error")],
        "warnings": [_problem(each) for each in row.problems_of("warning")],
        "effect": row.effect,
    }


def missing_columns(run: ImportRun) -> list[str]:
    """Columns that every row needs and no header of the file means; nothing before the headers are known."""
    if not run.headers:
        return []
    known = upload_named(run.type).resource.columns.values()
    return [
        column.column_name for column in known if column.required and column.column_name not in run.columns
    ]


def _texts(help_text: str = "") -> serializers.DictField:
    return serializers.DictField(child=serializers.CharField(allow_blank=True), help_text=help_text)


def _columns(run: ImportRun) -> dict[str, str | None]:
    pairs = zip(run.headers, run.columns, strict=False)
    return {header: column or None for header, column in pairs if header}


def _problem(said: dict[str, Any]) -> dict[str, str]:
    return {name: str(said.get(name, "")) for name in ("column", "code", "message", "value")}


def dollars(cents: int | None) -> str | None:
    """``1234`` as ``12.34``; nothing for nothing."""
    return None if cents is None else f"{Decimal(cents) / 100:.2f}"
