"""Producers, their licences and their assignments as the REST API writes and reads them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.api.serializers import StrictSerializer
from producers.enums import AgentType, EntityType, ScorecardType, SyncStatus, Tracking
from producers.identity import fein_with_dash
from producers.models import Producer, ProducerAssignment
from producers.selectors import HeldLicense


class FeinField(serializers.CharField):
    """A FEIN is kept as nine digits and read with its dash, as people write it."""

    def to_representation(self, value: str) -> str:
        return fein_with_dash(value)


class ProducerSerializer(serializers.Serializer[Producer]):
    """A producer as it reads. Personal data shows as the last four digits and nothing else."""

    npn = serializers.CharField(allow_null=True)
    entity_type = serializers.ChoiceField(EntityType.choices)
    first_name = serializers.CharField()
    middle_name = serializers.CharField()
    last_name = serializers.CharField()
    suffix = serializers.CharField()
    company_name = serializers.CharField()
    fein = FeinField()
    email = serializers.CharField()
    phone = serializers.CharField()
    ssn_last4 = serializers.CharField()
    resident_state = serializers.CharField()
    agency_npn = serializers.CharField(source="agency.npn", allow_null=True, default=None)
    dummy_npn = serializers.BooleanField()
    external_id = serializers.CharField()
    nipr_tracking = serializers.ChoiceField(Tracking.choices, source="tracking")
    sync_status = serializers.ChoiceField(SyncStatus.choices)
    sync_message = serializers.CharField()
    sync_status_at = serializers.DateTimeField(allow_null=True)
    last_synced_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProducerWriteSerializer(StrictSerializer):
    """What a client may say about a producer. On PATCH an absent field stays as it is."""

    entity_type = serializers.ChoiceField(EntityType.choices, default=EntityType.INDIVIDUAL)
    npn = serializers.CharField(allow_null=True, allow_blank=True, max_length=20, required=False)
    dummy_npn = serializers.BooleanField(required=False)
    first_name = serializers.CharField(allow_blank=True, max_length=100, required=False)
    middle_name = serializers.CharField(allow_blank=True, max_length=100, required=False)
    last_name = serializers.CharField(allow_blank=True, max_length=100, required=False)
    suffix = serializers.CharField(allow_blank=True, max_length=20, required=False)
    company_name = serializers.CharField(allow_blank=True, max_length=200, required=False)
    fein = serializers.CharField(allow_blank=True, max_length=20, required=False)
    email = serializers.EmailField(allow_blank=True, required=False)
    phone = serializers.CharField(allow_blank=True, max_length=30, required=False)
    resident_state = serializers.CharField(allow_blank=True, max_length=2, required=False)
    ssn = serializers.CharField(allow_blank=True, max_length=20, required=False, write_only=True)
    birth_date = serializers.DateField(allow_null=True, required=False, write_only=True)
    agency_npn = serializers.CharField(allow_null=True, allow_blank=True, max_length=20, required=False)
    external_id = serializers.CharField(allow_blank=True, max_length=100, required=False)
    nipr_tracking = serializers.ChoiceField(Tracking.choices, source="tracking", required=False)

    def validate_agency_npn(self, npn: str | None) -> Producer | None:
        if not npn:
            return None
        agency = Producer.objects.filter(npn=npn).defer("ssn", "birth_date").first()
        if agency is None:
            raise serializers.ValidationError(
                f"No agency with NPN {npn} is on file; add the agency first.", code="unknown_agency"
            )
        return agency

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "agency_npn" in attrs:
            attrs["agency"] = attrs.pop("agency_npn")
        return attrs


class LicenseLineSerializer(serializers.Serializer[Any]):
    loa_code = serializers.CharField()
    loa = serializers.CharField()
    status = serializers.CharField()
    issue_date = serializers.DateField(allow_null=True)
    status_reason = serializers.CharField()
    status_reason_date = serializers.DateField(allow_null=True)
    ce_compliance = serializers.CharField()
    ce_credits_needed = serializers.IntegerField(allow_null=True)
    ce_renewal_date = serializers.DateField(allow_null=True)


class LicenseSerializer(serializers.Serializer[HeldLicense]):
    """A licence with its lines, as one version of what the registry said."""

    state = serializers.CharField(source="license.state")
    license_number = serializers.CharField(source="license.license_number")
    license_class = serializers.CharField(source="license.license_class")
    license_class_code = serializers.CharField(source="license.license_class_code")
    residency = serializers.CharField(source="license.residency")
    active = serializers.BooleanField(source="license.active")
    issue_date = serializers.DateField(source="license.issue_date", allow_null=True)
    expiration_date = serializers.DateField(source="license.expiration_date", allow_null=True)
    updated_date = serializers.DateField(source="license.updated_date", allow_null=True)
    branch_id = serializers.CharField(source="license.branch_id")
    lines = LicenseLineSerializer(many=True)
    known_from = serializers.DateTimeField(source="license.known_from")
    known_to = serializers.DateTimeField(source="license.known_to", allow_null=True)
    removed_at = serializers.DateTimeField(source="license.removed_at", allow_null=True)


class AssignmentSerializer(serializers.Serializer[ProducerAssignment]):
    id = serializers.IntegerField()
    states = serializers.ListField(child=serializers.CharField())
    loa_categories = serializers.ListField(child=serializers.CharField())
    cocodes = serializers.ListField(child=serializers.CharField())
    agent_type = serializers.ChoiceField(AgentType.choices)
    scorecard_type = serializers.ChoiceField(ScorecardType.choices)
    external_id = serializers.CharField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class AssignmentWriteSerializer(StrictSerializer):
    states = serializers.ListField(child=serializers.CharField(max_length=2), min_length=1, max_length=60)
    loa_categories = serializers.ListField(
        child=serializers.CharField(max_length=30), min_length=1, max_length=30
    )
    cocodes = serializers.ListField(
        child=serializers.CharField(max_length=5), required=False, max_length=1000
    )
    agent_type = serializers.ChoiceField(AgentType.choices, default=AgentType.PRODUCER)
    scorecard_type = serializers.ChoiceField(ScorecardType.choices, default=ScorecardType.LICENSE)
    external_id = serializers.CharField(allow_blank=True, max_length=100, required=False)


class SyncRequestSerializer(StrictSerializer):
    reason = serializers.CharField(allow_blank=True, max_length=200, required=False)
