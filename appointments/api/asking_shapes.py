"""Bulk requests as they are written, and what came of them as it reads."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from appointments.api.shapes import MONEY, JudgedTransactionSerializer
from appointments.enums import BulkStatus
from appointments.services.asking.requests import MOST
from core.api.serializers import StrictSerializer
from producers.enums import AgentType


class AppointmentRequestSerializer(serializers.Serializer[Any]):
    """One producer, state and company: the lines of some categories."""

    npn = serializers.CharField(max_length=10)
    state = serializers.CharField(max_length=2)
    cocode = serializers.RegexField(r"^\d{5}$")
    loa_categories = serializers.ListField(
        child=serializers.CharField(), min_length=1, help_text="Categories, or lines by their code or name."
    )
    agent_type = serializers.ChoiceField(AgentType.choices, default=AgentType.PRODUCER)
    effective_date = serializers.DateField(allow_null=True, required=False)
    external_id = serializers.CharField(max_length=100, allow_null=True, required=False)


class TerminationRequestSerializer(serializers.Serializer[Any]):
    """One producer, state and company: the appointments of some lines."""

    npn = serializers.CharField(max_length=10)
    state = serializers.CharField(max_length=2)
    cocode = serializers.RegexField(r"^\d{5}$")
    lines = serializers.ListField(
        child=serializers.CharField(), min_length=1, help_text="Lines by code or name, or categories."
    )
    reason = serializers.CharField(
        max_length=100, allow_null=True, required=False, help_text="Without one the state's default is taken."
    )
    effective_date = serializers.DateField(allow_null=True, required=False)
    external_id = serializers.CharField(max_length=100, allow_null=True, required=False)


MOST_NAMES = 100_000
"""Categories or lines that a body may name altogether."""
MOST_FAULTS = 1_000


class RowsField(serializers.Field[Any, Any, Any, Any]):
    """Requests are read by the service, which names each fault by its place: ten thousand are read once.

    What would make that costly is refused here: fields that do not exist, and more names than anybody needs.
    """

    columns: ClassVar[frozenset[str]]

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            raise serializers.ValidationError("This is to be a list of requests.", code="not_a_list")
        faults = dict(islice(self._faults(data), MOST_FAULTS))
        if faults:
            raise serializers.ValidationError(faults)
        if sum(len(each) for row in data for each in row.values() if isinstance(each, list)) > MOST_NAMES:
            message = f"More than {MOST_NAMES:,} categories or lines; send them in several requests."
            raise serializers.ValidationError(message, code="too_many")
        return data

    def _faults(self, rows: list[Any]) -> Iterator[tuple[str, Any]]:
        for index, row in enumerate(rows):
            if not isinstance(row, dict):
                yield str(index), [ErrorDetail("A request is an object with named fields.", "invalid")]
            elif unknown := row.keys() - self.columns:
                names = sorted(unknown)[:10]
                yield str(index), {name[:50]: [_UNKNOWN] for name in names}


_UNKNOWN = ErrorDetail("There is no such field.", "unknown_field")


@extend_schema_field(AppointmentRequestSerializer(many=True))
class AppointmentRowsField(RowsField):
    columns = frozenset(AppointmentRequestSerializer().fields)


@extend_schema_field(TerminationRequestSerializer(many=True))
class TerminationRowsField(RowsField):
    columns = frozenset(TerminationRequestSerializer().fields)


ROWS_HELP = f"1 to {MOST:,}."


class BulkAppointmentsSerializer(StrictSerializer):
    """Appointments to ask for. ``submit`` and ``submit_just_in_time`` spend and need the right to."""

    submit = serializers.BooleanField(default=False)
    submit_just_in_time = serializers.BooleanField(default=False)
    dry_run = serializers.BooleanField(default=False)
    show_ineligible = serializers.BooleanField(default=True)
    requests = AppointmentRowsField(help_text=ROWS_HELP)


class BulkTerminationsSerializer(StrictSerializer):
    """Appointments to end. ``submit`` spends and needs the right to."""

    submit = serializers.BooleanField(default=False)
    dry_run = serializers.BooleanField(default=False)
    requests = TerminationRowsField(help_text=ROWS_HELP)


@extend_schema_field({**MONEY, "nullable": False})
class AmountField(serializers.CharField):
    """Dollars with two decimals, as text."""


class CostSerializer(serializers.Serializer[Any]):
    """What sending costs. ``billed_later`` counts those whose state fee the state bills by itself."""

    state = AmountField()
    nipr = AmountField()
    total = AmountField()
    billed_later = serializers.IntegerField()


class CheckpointSerializer(serializers.Serializer[Any]):
    """Why a request gave no transaction."""

    code = serializers.CharField()
    message = serializers.CharField()


class RequestAnswerSerializer(serializers.Serializer[Any]):
    """What came of one request, by its place in the body. ``batch`` is null where there is none yet."""

    index = serializers.IntegerField()
    external_id = serializers.CharField(allow_null=True, allow_blank=True)
    error = CheckpointSerializer(allow_null=True)
    batch = serializers.CharField(allow_null=True)
    transactions = JudgedTransactionSerializer(many=True)


class BulkAnswerSerializer(serializers.Serializer[Any]):
    """How far a bulk request is, and what came of each of its requests."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(BulkStatus.choices)
    message = serializers.CharField(required=False)
    requests = RequestAnswerSerializer(many=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    cost = CostSerializer()
