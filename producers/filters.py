"""Filters of the lists of this room: the same on the screen, in the files and in the API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters import filters
from django_filters.filterset import FilterSet

from core import clock
from core.accounts.models import User
from producers.as_of import start_of
from producers.enums import (
    SYNCED,
    ChangeEffect,
    ChangeKind,
    EntityType,
    Residency,
    SyncRunKind,
    SyncRunStatus,
    SyncStatus,
    Tracking,
)
from producers.models import (
    Change,
    License,
    LicenseLine,
    Producer,
    ProducerAssignment,
    RegulatoryAction,
    SyncRun,
)
from producers.selectors import HELD, credits_due, lapsed_residents
from producers.states import state_choices
from rulebook.rules.renewal_window import FIELD as WINDOW
from rulebook.selectors import load_rule_book

UNDER_WAY = (SyncStatus.NOT_STARTED, SyncStatus.QUEUED, SyncStatus.PROCESSING)
FAILED = tuple(status for status in SyncStatus if status not in (*SYNCED, *UNDER_WAY))


def yes_no(**options: Any) -> filters.BooleanFilter:
    """Yes, no, or both."""
    choices = [("", "All"), ("true", "Yes"), ("false", "No")]
    return filters.BooleanFilter(widget=forms.Select(choices=choices), **options)


def people(request: Any = None) -> QuerySet[User]:
    """Who may own producers."""
    return User.objects.filter(is_staff=True, is_active=True).order_by("name", "email")


def _days_on(day: date, days: Any) -> date:
    """A day so many days later, and never past the end of the calendar."""
    return day + timedelta(days=min(int(days), 36_500))


def matches_producer(text: str, path: str = "") -> Q:
    """A producer or agency by its NPN, or by how its name begins (last name first)."""
    text = text.strip()
    if text.isdigit():
        return Q(**{f"{path}npn": text})
    return Q(**{f"{path}sort_name__prefix": text.casefold()})


class ProducerFilter(FilterSet):
    """Of producers and agencies."""

    npn = filters.CharFilter(label="NPN")
    tracking = filters.ChoiceFilter(choices=Tracking.choices, label="NIPR tracking")
    sync_status = filters.ChoiceFilter(choices=SyncStatus.choices, label="NIPR sync status")
    sync_failed = yes_no(method="filter_sync_failed", label="Last sync failed")
    resident_state = filters.ChoiceFilter(choices=state_choices)
    agency = filters.CharFilter(method="filter_agency", label="Agency (NPN or name)")
    owner = filters.ModelChoiceFilter(queryset=people)
    external_id = filters.CharFilter(label="External id")
    has_assignment = yes_no(method="filter_has_assignment", label="Has an assignment")
    regulatory_action = yes_no(method="filter_action", label="Regulatory action on file")
    resident_lapsed = yes_no(method="filter_lapsed", label="Resident license lapsed")
    alerts_refused = yes_no(method="filter_refused", label="Daily alerts refused")

    class Meta:
        model = Producer
        fields: list[str] = []

    def filter_sync_failed(self, rows: QuerySet[Producer], name: str, value: bool) -> QuerySet[Producer]:
        return rows.filter(sync_status__in=FAILED) if value else rows.exclude(sync_status__in=FAILED)

    def filter_agency(self, rows: QuerySet[Producer], name: str, value: str) -> QuerySet[Producer]:
        return rows.filter(matches_producer(value, "agency__"))

    def filter_has_assignment(self, rows: QuerySet[Producer], name: str, value: bool) -> QuerySet[Producer]:
        running = Exists(ProducerAssignment.objects.filter(producer=OuterRef("pk"), ended_at__isnull=True))
        return rows.filter(running if value else ~running)

    def filter_action(self, rows: QuerySet[Producer], name: str, value: bool) -> QuerySet[Producer]:
        on_file = Exists(RegulatoryAction.objects.filter(HELD, producer=OuterRef("pk")))
        return rows.filter(on_file if value else ~on_file)

    def filter_lapsed(self, rows: QuerySet[Producer], name: str, value: bool) -> QuerySet[Producer]:
        lapsed = Q(pk__in=lapsed_residents(clock.today(), date.min).values("producer"))
        return rows.filter(lapsed if value else ~lapsed)

    def filter_refused(self, rows: QuerySet[Producer], name: str, value: bool) -> QuerySet[Producer]:
        return rows.exclude(alert_problem="") if value else rows.filter(alert_problem="")


class AnyProducerFilter(ProducerFilter):
    """Of producers and agencies together, for the API."""

    entity_type = filters.ChoiceFilter(choices=EntityType.choices)


class ChangeFilter(FilterSet):
    """Of the Changes inbox."""

    kind = filters.ChoiceFilter(choices=ChangeKind.choices)
    effect = filters.ChoiceFilter(choices=ChangeEffect.choices)
    state = filters.ChoiceFilter(choices=state_choices)
    producer = filters.CharFilter(method="filter_producer", label="Producer (NPN or name)")
    agency = filters.CharFilter(method="filter_agency", label="Agency (NPN or name)")
    owner = filters.ModelChoiceFilter(queryset=people, field_name="producer__owner", label="Owner")
    since = filters.DateFilter(
        method="filter_since", label="Known since", widget=forms.DateInput({"type": "date"})
    )
    acknowledged = yes_no(
        field_name="acknowledged_at", lookup_expr="isnull", exclude=True, label="Acknowledged"
    )
    run = filters.NumberFilter(label="Sync run", min_value=1, max_value=2**63 - 1)

    class Meta:
        model = Change
        fields: list[str] = []

    def filter_producer(self, rows: QuerySet[Change], name: str, value: str) -> QuerySet[Change]:
        return rows.filter(matches_producer(value, "producer__"))

    def filter_agency(self, rows: QuerySet[Change], name: str, value: str) -> QuerySet[Change]:
        return rows.filter(matches_producer(value, "producer__agency__"))

    def filter_since(self, rows: QuerySet[Change], name: str, value: Any) -> QuerySet[Change]:
        return rows.filter(known_at__gte=start_of(value))


class LicenseFilter(FilterSet):
    """Of licenses held now."""

    state = filters.ChoiceFilter(choices=state_choices)
    expiring_in = filters.NumberFilter(method="filter_expiring", min_value=0, label="Expiring within (days)")
    renewal_open = yes_no(method="filter_renewal_open", label="Renewal window open")
    expired = yes_no(method="filter_expired", label="Expired")
    ce_due_in = filters.NumberFilter(method="filter_ce_due", min_value=0, label="CE due within (days)")
    active = yes_no(label="Active at the registry")
    residency = filters.ChoiceFilter(choices=[choice for choice in Residency.choices if choice[0]])
    license_class = filters.CharFilter(lookup_expr="icontains", label="License class")
    license_number = filters.CharFilter(label="License number")
    producer = filters.CharFilter(method="filter_producer", label="Producer (NPN or name)")
    agency = filters.CharFilter(method="filter_agency", label="Agency (NPN or name)")
    owner = filters.ModelChoiceFilter(
        queryset=people, method="filter_owner", label="Owner", null_label="Nobody who works here"
    )
    tracking = filters.ChoiceFilter(
        field_name="producer__tracking", choices=Tracking.choices, label="NIPR tracking"
    )
    removed = yes_no(
        field_name="removed_at", lookup_expr="isnull", exclude=True, label="No longer at the registry"
    )

    class Meta:
        model = License
        fields: list[str] = []

    def filter_expiring(self, rows: QuerySet[License], name: str, value: Any) -> QuerySet[License]:
        today = clock.today()
        return rows.filter(expiration_date__range=(today, _days_on(today, value)))

    def filter_renewal_open(self, rows: QuerySet[License], name: str, value: bool) -> QuerySet[License]:
        """By the rule book of today: where the window is not known, it is neither open nor shut."""
        today, book = clock.today(), load_rule_book()
        is_open, is_known = Q(pk__in=[]), Q(pk__in=[])
        for state in book.jurisdictions:
            if rule := book.value(state, WINDOW, today):
                is_known |= Q(state=state)
                is_open |= Q(state=state, expiration_date__range=(today, _days_on(today, rule.number)))
        return rows.filter(is_open) if value else rows.filter(is_known).exclude(is_open)

    def filter_ce_due(self, rows: QuerySet[License], name: str, value: Any) -> QuerySet[License]:
        same = ("producer", "state", "license_number", "license_class_code", "branch_id")
        lines = LicenseLine.objects.filter(
            credits_due(_days_on(clock.today(), value)),
            license_position=OuterRef("position"),
            **{name: OuterRef(name) for name in same},
        )
        return rows.filter(Exists(lines))

    def filter_owner(
        self, rows: QuerySet[License], name: str, value: User | Literal["null"]
    ) -> QuerySet[License]:
        """Of one owner, or of producers whose owner has left or who never had one."""
        if value == "null":
            return rows.exclude(producer__owner__in=people())
        return rows.filter(producer__owner=value)

    def filter_expired(self, rows: QuerySet[License], name: str, value: bool) -> QuerySet[License]:
        past = Q(expiration_date__lt=clock.today())
        return rows.filter(past) if value else rows.exclude(past)

    def filter_producer(self, rows: QuerySet[License], name: str, value: str) -> QuerySet[License]:
        return rows.filter(matches_producer(value, "producer__"))

    def filter_agency(self, rows: QuerySet[License], name: str, value: str) -> QuerySet[License]:
        return rows.filter(matches_producer(value, "producer__agency__"))


class SyncRunFilter(FilterSet):
    """Of sync runs."""

    kind = filters.ChoiceFilter(choices=SyncRunKind.choices)
    failures = yes_no(field_name="failed", method="filter_failures", label="With failures")
    status = filters.ChoiceFilter(choices=SyncRunStatus.choices)

    class Meta:
        model = SyncRun
        fields: list[str] = []

    def filter_failures(self, rows: QuerySet[SyncRun], name: str, value: bool) -> QuerySet[SyncRun]:
        return rows.filter(failed__gt=0) if value else rows.filter(failed=0)
