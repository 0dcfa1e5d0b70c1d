"""Transactions as the REST API tells them: within a bulk answer, in a list, and by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appointments.enums import TransactionKind, TransactionStatus
from appointments.models import Transaction, dollars
from appointments.models.transaction import batch_number
from core.audit.models import AuditEntry

MONEY = {"type": "string", "pattern": r"^\d+\.\d\d$", "nullable": True, "description": "Dollars."}


@extend_schema_field(MONEY)
class MoneyField(serializers.IntegerField):
    """Cents inside, dollars as text outside: ``"16.00"``. Null where the state bills it by itself."""

    def to_representation(self, value: int) -> Any:
        return str(dollars(value))


class EligibilityReasonSerializer(serializers.Serializer[Any]):
    """Why the line may be asked for, or may not."""

    code = serializers.CharField(source="eligibility_reason")
    text = serializers.CharField(source="eligibility_text")


class TransactionDecisionSerializer(serializers.Serializer[Any]):
    """Why: the rule, what it came to, the facts and the source it went by, and what would mend it."""

    rule = serializers.CharField()
    outcome = serializers.CharField()
    text = serializers.CharField()
    facts = serializers.DictField()
    source = serializers.CharField()  # type: ignore[assignment]  # the contract's name, and a field option
    effective_from = serializers.DateField(allow_null=True)
    fix = serializers.DictField(allow_null=True)


@extend_schema_field(TransactionDecisionSerializer(many=True))
class DecisionsField(serializers.ListField):
    """Decisions are kept as they are told; thousands need not be taken apart and put together again."""

    def to_representation(self, value: list[Any]) -> list[Any]:
        return value


class GatewayFaultSerializer(serializers.Serializer[Any]):
    """One validation error of the gateway, as it gave it."""

    code = serializers.CharField()
    text = serializers.CharField()


class JudgedTransactionSerializer(serializers.Serializer[Any]):
    """A transaction within a bulk answer. Its number is null in a dry run."""

    id = serializers.CharField(source="number", allow_null=True)
    kind = serializers.ChoiceField(TransactionKind.choices)
    npn = serializers.CharField()
    state = serializers.CharField()
    cocode = serializers.CharField()
    loa_code = serializers.CharField()
    loa = serializers.CharField()
    status = serializers.ChoiceField(TransactionStatus.choices)
    eligibility_reason = EligibilityReasonSerializer(source="*")
    state_fee = MoneyField(source="state_fee_cents", allow_null=True)
    nipr_fee = MoneyField(source="nipr_fee_cents", allow_null=True)
    just_in_time = serializers.BooleanField()
    decisions = DecisionsField()


class TransactionSerializer(JudgedTransactionSerializer):
    """A transaction in a list: what was asked for, where it stands and why, what it costs, and when."""

    batch = serializers.SerializerMethodField()
    bulk_request = serializers.UUIDField(source="bulk_request_id", allow_null=True)
    external_id = serializers.CharField()
    agent_type = serializers.CharField()
    loa_category = serializers.CharField()
    county_code = serializers.CharField()
    license_number = serializers.CharField()
    effective_date = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    for_cause = serializers.BooleanField()
    status_detail = serializers.CharField()
    status_text = serializers.CharField(source="detail_text")
    nipr_message = serializers.CharField()
    nipr_transaction = serializers.CharField(source="nipr_trans")
    validation_errors = GatewayFaultSerializer(many=True)
    rejection_response = serializers.CharField()
    charged_state_fee = MoneyField(source="charged_state_fee_cents", allow_null=True)
    charged_nipr_fee = MoneyField(source="charged_nipr_fee_cents", allow_null=True)
    charged_on = serializers.DateField(allow_null=True)
    first_business_date = serializers.DateField(allow_null=True)
    appoint_by = serializers.DateField(allow_null=True)
    frozen_until = serializers.DateField(allow_null=True)
    registry_shows = serializers.CharField()
    prepared_by = serializers.CharField(source="prepared_by_label")
    submitted_by = serializers.CharField(source="submitted_by_label")
    approved_by = serializers.CharField(source="approved_by_label")
    created_at = serializers.DateTimeField()
    status_at = serializers.DateTimeField()
    send_after = serializers.DateTimeField(allow_null=True)
    first_sent_at = serializers.DateTimeField(allow_null=True)
    final_at = serializers.DateTimeField(allow_null=True)

    def get_batch(self, row: Transaction) -> str:
        return batch_number(row.batch_id)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a transaction. ``status`` is where it led; None where it stayed."""

    at: datetime
    event: str
    by: str
    status: str | None = None
    status_detail: str | None = None
    reason: str = ""


def timeline(row: Transaction, history: Sequence[AuditEntry]) -> list[Happening]:
    """From being asked for to where it stands, oldest first."""
    moves = [entry.changes["status"] for entry in history if "status" in entry.changes]
    first = str(moves[0][0]) if moves else row.status
    asked = Happening(row.created_at, "asked", row.prepared_by_label, first)
    return [asked, *map(_happening, history)]


def _happening(entry: AuditEntry) -> Happening:
    status, detail = (entry.changes.get(name, [None])[-1] for name in ("status", "status_detail"))
    return Happening(
        entry.at, entry.action.rpartition(".")[2], entry.actor_label, status, detail, entry.reason
    )


class HappeningSerializer(serializers.Serializer[Happening]):
    """One thing that happened to a transaction; ``status`` is null where it stayed what it was."""

    at = serializers.DateTimeField()
    event = serializers.CharField()
    by = serializers.CharField()
    status = serializers.CharField(allow_null=True)
    status_detail = serializers.CharField(allow_null=True)
    reason = serializers.CharField()


class TransactionPageSerializer(TransactionSerializer):
    """A transaction by itself: with everything that happened to it, oldest first, and what may be done with it now."""

    allowed = serializers.ListField(child=serializers.CharField())
    timeline = HappeningSerializer(many=True)
