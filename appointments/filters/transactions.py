"""Filters of transactions, of request sets and of the fee ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django_filters import filters
from django_filters.filterset import FilterSet

from appointments.enums import ACTIONABLE, BulkStatus, TransactionKind, TransactionStatus
from appointments.models import BulkRequest, Company, Transaction
from appointments.selectors.transactions import number_in
from producers.as_of import start_of
from producers.filters import matches_producer, yes_no
from producers.states import state_choices

REASONS = [
    ("in_good_standing", "In Good Standing"),
    ("cocode_not_found", "CoCode Not Found"),
    ("company_does_not_appoint_in_state", "Company does not appoint in the state"),
    ("company_does_not_appoint_loas", "Company does not appoint for the line"),
    ("entity_type_not_appointed", "Entity type not appointed"),
    ("outside_producer_assignment", "Outside the producer’s assignment"),
    ("required_license_not_found", "Required License Not Found"),
    ("required_license_not_active", "Required License Not Active"),
    ("no_active_resident_license", "No Active Resident License"),
    ("already_appointed", "Already appointed"),
    ("duplicate_transaction", "A transaction is already open"),
    ("no_active_appointment", "No active appointment"),
    ("reason_required", "Reason required"),
    ("reason_not_accepted", "Reason not accepted"),
    ("future_date_not_accepted", "Future date not accepted"),
    ("backdating_not_accepted", "Backdating not accepted"),
    ("backdated_too_far", "Backdated too far"),
    ("documents_required", "Documents required"),
]
"""The dictionary of eligibility, in the words of its short texts."""


def companies(request: Any = None) -> QuerySet[Company]:
    """The companies to choose from."""
    return Company.objects.order_by("name")


def day_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"})


class _Common(FilterSet):
    """What the API and the screen both ask for."""

    status = filters.ChoiceFilter(choices=TransactionStatus.choices)
    kind = filters.ChoiceFilter(choices=TransactionKind.choices)
    state = filters.ChoiceFilter(choices=state_choices)
    batch = filters.CharFilter(method="filter_batch", label="Batch")
    external_id = filters.CharFilter(label="External id")

    class Meta:
        model = Transaction
        fields: list[str] = []

    def filter_batch(self, rows: QuerySet[Transaction], name: str, value: str) -> QuerySet[Transaction]:
        kind, number = number_in(value)
        if kind == "TB":
            return rows.filter(batch=number)
        return rows.filter(batch=int(value)) if value.isdecimal() and len(value) < 19 else rows.none()


class TransactionFilter(_Common):
    """As the API asks: producer and company by their numbers."""

    npn = filters.CharFilter(label="NPN")
    cocode = filters.CharFilter(label="CoCode")


class TransactionScreenFilter(_Common):
    """As people ask: the producer also by name, the company from a list."""

    producer = filters.CharFilter(method="filter_producer", label="Producer (NPN or name)")
    company = filters.ModelChoiceFilter(queryset=companies)
    actionable = yes_no(method="filter_actionable", label="Waits for a person")
    reason = filters.ChoiceFilter(
        field_name="eligibility_reason", choices=REASONS, label="Eligibility reason"
    )
    for_cause = yes_no(label="For cause")
    since = filters.DateFilter(method="filter_since", label="Asked for since", widget=day_input())
    request_set = filters.UUIDFilter(field_name="bulk_request", label="Request set")

    field_order = ("status", "kind", "state", "company", "producer", "batch", "external_id", "actionable")

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)  # type: ignore[no-untyped-call]
        if not (data or {}).get("request_set"):
            del self.filters["request_set"]  # only links lead there: nobody types such an id
        self.form.order_fields(list(self.field_order))

    def filter_producer(self, rows: QuerySet[Transaction], name: str, value: str) -> QuerySet[Transaction]:
        return rows.filter(matches_producer(value, "producer__"))

    def filter_actionable(self, rows: QuerySet[Transaction], name: str, value: bool) -> QuerySet[Transaction]:
        return rows.filter(status__in=ACTIONABLE) if value else rows.exclude(status__in=ACTIONABLE)

    def filter_since(self, rows: QuerySet[Transaction], name: str, value: Any) -> QuerySet[Transaction]:
        return rows.filter(created_at__gte=start_of(value))


class RequestSetFilter(FilterSet):
    """Of request sets."""

    name = filters.CharFilter(lookup_expr="icontains", label="Name or file")
    kind = filters.ChoiceFilter(choices=TransactionKind.choices)
    status = filters.ChoiceFilter(choices=BulkStatus.choices)
    dry_run = yes_no(label="Dry run")
    asked_by = filters.CharFilter(field_name="asked_by_label", lookup_expr="icontains", label="Asked by")
    since = filters.DateFilter(method="filter_since", label="Asked for since", widget=day_input())

    class Meta:
        model = BulkRequest
        fields: list[str] = []

    def filter_since(self, rows: QuerySet[BulkRequest], name: str, value: Any) -> QuerySet[BulkRequest]:
        return rows.filter(created_at__gte=start_of(value))


class LedgerFilter(FilterSet):
    """Of what transactions cost."""

    company = filters.ModelChoiceFilter(queryset=companies)
    state = filters.ChoiceFilter(choices=state_choices)
    kind = filters.ChoiceFilter(choices=TransactionKind.choices)
    charged_from = filters.DateFilter(
        field_name="charged_on", lookup_expr="gte", label="Charged from", widget=day_input()
    )
    charged_to = filters.DateFilter(
        field_name="charged_on", lookup_expr="lte", label="Charged to", widget=day_input()
    )
    charged = yes_no(field_name="charged_on", lookup_expr="isnull", exclude=True, label="Charged")
    billed_later = yes_no(field_name="state_fee_cents", lookup_expr="isnull", label="Billed by the state")

    class Meta:
        model = Transaction
        fields: list[str] = []
