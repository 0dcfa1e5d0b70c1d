"""Filters of the lists of this room."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django_filters import filters
from django_filters.filterset import FilterSet

from appointments.enums import AppointmentStatus
from appointments.models import Appointment, Company, CompanyState
from producers.filters import matches_producer, yes_no
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.states import state_choices


class AppointmentFilter(FilterSet):
    """Of appointments known now."""

    state = filters.ChoiceFilter(choices=state_choices)
    cocode = filters.CharFilter(label="CoCode")
    company = filters.CharFilter(field_name="company_name", lookup_expr="icontains", label="Company name")
    status = filters.ChoiceFilter(choices=AppointmentStatus.choices)
    line = filters.CharFilter(method="filter_line", label="Line (code or name)")
    producer = filters.CharFilter(method="filter_producer", label="Producer (NPN or name)")
    removed = yes_no(
        field_name="removed_at", lookup_expr="isnull", exclude=True, label="No longer at the registry"
    )

    class Meta:
        model = Appointment
        fields: list[str] = []

    def filter_line(self, rows: QuerySet[Appointment], name: str, value: str) -> QuerySet[Appointment]:
        value = value.strip()
        return rows.filter(loa_code=value) if value.isdigit() else rows.filter(loa__icontains=value)

    def filter_producer(self, rows: QuerySet[Appointment], name: str, value: str) -> QuerySet[Appointment]:
        return rows.filter(matches_producer(value, "producer__"))


class CompanyFilter(FilterSet):
    """Of companies."""

    active = yes_no()
    state = filters.ChoiceFilter(choices=state_choices, method="filter_state", label="Active in state")
    loa_category = filters.ChoiceFilter(
        choices=[(each.value, each.label) for each in ASSIGNABLE_CATEGORIES],
        method="filter_category",
        label="LOA category",
    )
    cocode = filters.CharFilter(label="CoCode")

    class Meta:
        model = Company
        fields: list[str] = []

    def filter_state(self, rows: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        return rows.filter(
            Exists(CompanyState.objects.filter(company=OuterRef("pk"), state=value, active=True))
        )

    def filter_category(self, rows: QuerySet[Company], name: str, value: Any) -> QuerySet[Company]:
        # A list in JSON is searched as text, which both databases can do; the quotes keep words whole.
        return rows.filter(loa_categories__icontains=f'"{value}"')
