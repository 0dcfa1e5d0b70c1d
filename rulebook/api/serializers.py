"""The library's shapes in the API. Values are typed as their rule is: numbers, amounts as text, words as lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rulebook import library
from rulebook.fields import BY_NAME, Kind
from rulebook.models import Jurisdiction, LineOfAuthority, StateRule
from rulebook.rules.book import LineValue
from rulebook.rules.vocabulary import LoaCategory


class KnownFieldsOnly(serializers.Serializer[Any]):
    """A body with a field that is not understood is refused, not half obeyed."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                known = ", ".join(self.fields)
                raise serializers.ValidationError(
                    {name: [f"There is no field {name} here. The fields are {known}."] for name in unknown},
                    code="unknown_field",
                )
        return super().to_internal_value(data)


@extend_schema_field(
    {"oneOf": [{"type": "string"}, {"type": "number"}, {"type": "array", "items": {"type": "string"}}]}
)
class RuleText(serializers.Field[str, Any, Any, Any]):
    """A rule's value: text, a number, or a list of words."""

    def to_internal_value(self, data: Any) -> str:
        match data:
            case bool():
                raise serializers.ValidationError("Say text, a number or a list of words.")
            case str() | int() | float():
                return str(data)
            case list() if data and all(isinstance(word, str) for word in data):
                return "|".join(data)
        raise serializers.ValidationError("Say text, a number or a list of words.")

    def to_representation(self, value: Any) -> Any:
        return value


class OverrideBody(KnownFieldsOnly):
    """POST /states/{code}/overrides."""

    field = serializers.ChoiceField(choices=list(BY_NAME))
    value = RuleText()
    effective_from = serializers.DateField(required=False, allow_null=True, default=None)
    effective_to = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=1000)


class LineBody(KnownFieldsOnly):
    """PUT /states/{code}/lines/{loa_code}."""

    name = serializers.CharField(max_length=120)
    categories = serializers.ListField(
        child=serializers.ChoiceField(choices=[item.value for item in LoaCategory]), allow_empty=True
    )


class RuleShape(serializers.Serializer[Any]):
    """A rule in force, shipped or local."""

    value = serializers.JSONField(help_text="A number, an amount as text, a list of words, or text.")
    effective_from = serializers.DateField(allow_null=True)
    effective_to = serializers.DateField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # a field of the answer, not the attribute
    confidence = serializers.CharField()
    note = serializers.CharField()
    override = serializers.BooleanField()
    author = serializers.CharField()
    reason = serializers.CharField()


class OverrideShape(RuleShape):
    """A local rule as a record of its own."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    field = serializers.CharField()
    created_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class StateShape(serializers.Serializer[Any]):
    """A state's whole sheet on a day."""

    code = serializers.CharField()
    name = serializers.CharField()
    on = serializers.DateField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of the answer, not the attribute
    confidence = serializers.CharField()
    note = serializers.CharField()
    conflict = serializers.CharField()
    rules = serializers.DictField(
        child=RuleShape(allow_null=True), help_text="A rule that is not known is null."
    )
    overrides = OverrideShape(many=True)


class LineShape(serializers.Serializer[Any]):
    """A line of authority with what the library reads it as."""

    loa_code = serializers.CharField()
    name = serializers.CharField()
    code_system = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField())
    confidence = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of the answer, not the attribute
    override = serializers.BooleanField()
    author = serializers.CharField()
    reason = serializers.CharField()


def typed(rule: StateRule) -> Any:
    """A value as JSON holds it."""
    match rule.definition.kind:
        case Kind.NUMBER:
            return int(rule.value)
        case Kind.WORDS:
            return rule.value.split("|")
    return rule.value


def rule_json(rule: StateRule) -> dict[str, Any]:
    """What RuleShape shows of a rule."""
    return {
        "value": typed(rule),
        "effective_from": rule.effective_from,
        "effective_to": rule.effective_to,
        "source": rule.source,
        "confidence": rule.confidence,
        "note": rule.note,
        "override": rule.is_local,
        "author": rule.author_label,
        "reason": rule.reason,
    }


def override_json(rule: StateRule) -> dict[str, Any]:
    """What OverrideShape shows of a local rule."""
    return {
        "id": rule.pk,
        "state": rule.jurisdiction_id,
        "field": rule.field,
        **rule_json(rule),
        "created_at": rule.created_at,
        "withdrawn_at": rule.withdrawn_at,
    }


def state_json(state: Jurisdiction, on: date) -> dict[str, Any]:
    """What StateShape shows of a state."""
    answers = [answer for group in library.answers(state.code, on).values() for answer in group]
    return {
        "code": state.code,
        "name": state.name,
        "on": on,
        "source": state.source,
        "confidence": state.confidence,
        "note": state.note,
        "conflict": state.conflict,
        "rules": {answer.field.name: rule_json(answer.rule) if answer.rule else None for answer in answers},
        "overrides": [override_json(rule) for answer in answers for rule in answer.history],
    }


def line_json(row: LineOfAuthority, line: LineValue) -> dict[str, Any]:
    """What LineShape shows. No categories: they are not known, or said here to be none."""
    return {
        "loa_code": row.code,
        "name": line.name or row.name,
        "code_system": row.code_system,
        "categories": [word.value for word in LoaCategory if word in line.categories],
        "confidence": line.confidence,
        "source": line.source,
        "override": line.overridden,
        "author": line.author,
        "reason": line.reason,
    }
