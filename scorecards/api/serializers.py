"""Scorecards as the REST API tells them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from producers.api.serializers import AssignmentSerializer
from rulebook.rules.vocabulary import LoaCategory
from scorecards.enums import Action, CellKind
from scorecards.models import Scorecard


class DecisionSerializer(serializers.Serializer[Any]):
    """Why: the rule, what it came to, the facts and the source it went by, and what would mend it."""

    rule = serializers.CharField()
    outcome = serializers.CharField()
    text = serializers.CharField()
    facts = serializers.DictField()
    source = serializers.CharField()  # type: ignore[assignment]  # the contract's name, and a field option
    effective_from = serializers.DateField(allow_null=True)
    effective_to = serializers.DateField(allow_null=True)
    confidence = serializers.CharField()
    override = serializers.BooleanField()
    fix = serializers.DictField(allow_null=True)


class CellSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(CellKind.choices)
    state = serializers.CharField()
    loa_category = serializers.CharField()
    cocode = serializers.CharField()
    status = serializers.CharField()
    action = serializers.ChoiceField(Action.choices, allow_blank=True)
    decisions = DecisionSerializer(many=True)


@extend_schema_field(CellSerializer(many=True))
class CellsField(serializers.ListField):
    """Cells are kept as they are told; a thousand of them need not be taken apart and put together again."""

    child = serializers.DictField()


class ScorecardSerializer(serializers.Serializer[Scorecard]):
    """A scorecard with its cells. A percentage of nothing is null."""

    number = serializers.CharField()
    npn = serializers.CharField(source="producer.npn")
    assignment = AssignmentSerializer()
    as_of = serializers.DateField(allow_null=True)
    computed_at = serializers.DateTimeField(allow_null=True)
    facts_read_at = serializers.DateTimeField(allow_null=True)
    stale = serializers.BooleanField()
    licensed_percent = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    appointed_percent = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    cells = CellsField(source="cell_dicts")
    outside_assignment = serializers.ListField(child=serializers.DictField())


class StandingQuery(serializers.Serializer[Any]):
    """May it sell? Asked of a state and a category, and of a company where one appoints."""

    state = serializers.RegexField(r"^[A-Za-z]{2}$", error_messages={"invalid": "A state has two letters."})
    loa_category = serializers.ChoiceField([each.value for each in LoaCategory])
    cocode = serializers.RegexField(
        r"^\d{5}$", required=False, error_messages={"invalid": "A CoCode has five digits."}
    )


class StandingSerializer(serializers.Serializer[Any]):
    allowed = serializers.BooleanField()
    license = CellSerializer()
    appointment = CellSerializer(allow_null=True)
    decisions = DecisionSerializer(many=True)
