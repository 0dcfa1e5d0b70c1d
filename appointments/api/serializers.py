"""Appointments and companies as the REST API writes and reads them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from appointments.models import Appointment, Company, CompanyState
from core.api.serializers import StrictSerializer
from producers.api.serializers import FeinField
from producers.enums import AgentType


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    """One version of an appointment, as the registry gave it."""

    fein = FeinField()

    class Meta:
        model = Appointment
        fields = (
            "state",
            "company_name",
            "cocode",
            "fein",
            "loa_code",
            "loa",
            "status",
            "status_date",
            "renewal_date",
            "termination_reason",
            "county_code",
            "branch_id",
            "state_company_id",
            "known_from",
            "known_to",
            "removed_at",
        )


class CompanyStateSerializer(serializers.ModelSerializer[CompanyState]):
    class Meta:
        model = CompanyState
        fields = ("state", "active", "just_in_time", "state_company_id", "agent_types")


class CompanySerializer(serializers.ModelSerializer[Company]):
    """A company with what it does in each state."""

    fein = FeinField()
    states = CompanyStateSerializer(many=True)

    class Meta:
        model = Company
        fields = (
            "name",
            "cocode",
            "fein",
            "loa_categories",
            "create_internal_appointment",
            "appointment_producer_assignment_required",
            "address_line_1",
            "address_line_2",
            "city",
            "state",
            "zip_code",
            "active",
            "states",
            "created_at",
            "updated_at",
        )


class CompanyStateWriteSerializer(StrictSerializer):
    state = serializers.CharField(max_length=2)
    active = serializers.BooleanField(default=True)
    just_in_time = serializers.BooleanField(default=False)
    state_company_id = serializers.CharField(allow_blank=True, max_length=30, default="")
    agent_types = serializers.ListField(child=serializers.ChoiceField(AgentType.choices), required=False)


class CompanyWriteSerializer(StrictSerializer):
    """What a client may say about a company. On PATCH an absent field, or an unnamed state, stays as it is."""

    name = serializers.CharField(max_length=200)
    cocode = serializers.CharField(max_length=5)
    fein = serializers.CharField(allow_blank=True, max_length=20, required=False)
    loa_categories = serializers.ListField(child=serializers.CharField(max_length=30), required=False)
    create_internal_appointment = serializers.BooleanField(required=False)
    appointment_producer_assignment_required = serializers.BooleanField(required=False)
    address_line_1 = serializers.CharField(allow_blank=True, max_length=200, required=False)
    address_line_2 = serializers.CharField(allow_blank=True, max_length=200, required=False)
    city = serializers.CharField(allow_blank=True, max_length=100, required=False)
    state = serializers.CharField(allow_blank=True, max_length=2, required=False)
    zip_code = serializers.CharField(allow_blank=True, max_length=10, required=False)
    active = serializers.BooleanField(required=False)
    states = CompanyStateWriteSerializer(many=True, required=False)

    def split(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The company's own fields, and its settings by state."""
        fields = dict(self.validated_data)
        return fields, fields.pop("states", [])
