"""Forms of the company screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict

from appointments.models import Company, CompanyState
from appointments.services import CompanyFields, CompanyStateFields
from producers.enums import AgentType
from producers.forms import RecordForm
from producers.identity import fein_with_dash
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.states import state_choices


class CompanyForm(RecordForm):
    """A company, new or known. What it does in each state is edited on its page."""

    GROUPS = (
        ("Company", ("name", "cocode", "fein", "active")),
        ("", ("loa_categories",)),
        ("Appointing", ("create_internal_appointment", "appointment_producer_assignment_required")),
        ("Address", ("address_line_1", "address_line_2", "city", "state", "zip_code")),
    )

    name = forms.CharField()
    cocode = forms.CharField(label="CoCode", help_text="Five digits; leading zeros count.")
    fein = forms.CharField(label="FEIN", required=False, help_text="Nine digits.")
    active = forms.BooleanField(
        required=False, initial=True, help_text="Inactive companies are not offered in assignments."
    )
    loa_categories = forms.MultipleChoiceField(
        label="LOA categories it supports",
        required=False,
        choices=[(each.value, each.label) for each in ASSIGNABLE_CATEGORIES],
        widget=forms.CheckboxSelectMultiple,
    )
    create_internal_appointment = forms.BooleanField(
        label="Create internal appointment",
        required=False,
        help_text="Where a state does not appoint this kind of producer, keep an internal appointment here.",
    )
    appointment_producer_assignment_required = forms.BooleanField(
        label="Appointment producer assignment required",
        required=False,
        help_text="Appoint only producers who have an assignment for the state, category and company.",
    )
    address_line_1 = forms.CharField(required=False, label="Address")
    address_line_2 = forms.CharField(required=False, label="Address, second line")
    city = forms.CharField(required=False)
    state = forms.ChoiceField(required=False)
    zip_code = forms.CharField(required=False, label="ZIP")

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        if company is not None:
            said = {name: getattr(company, name) for name in self.base_fields}
            kwargs.setdefault("initial", {}).update(said | {"fein": fein_with_dash(company.fein)})
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["state"]).choices = [("", "Not known"), *state_choices()]

    def fields_given(self) -> CompanyFields:
        return cast(
            "CompanyFields", {name: value for name, value in self.cleaned_data.items() if name != "version"}
        )


def states_given(posted: QueryDict, known: Mapping[str, CompanyState]) -> list[CompanyStateFields]:
    """The grid as it was posted: rows that are set here or were set before. Names read ``CA-active``."""
    rows: list[CompanyStateFields] = []
    for state, _name in state_choices():
        active = f"{state}-active" in posted
        types = [each for each in AgentType.values if f"{state}-{each}" in posted]
        row: CompanyStateFields = {
            "state": state,
            "active": active,
            "just_in_time": f"{state}-jit" in posted,
            "state_company_id": posted.get(f"{state}-id", ""),
            "agent_types": types or ([AgentType.PRODUCER.value] if active else []),
        }
        said_something = active or row["just_in_time"] or row["state_company_id"].strip() or types
        if state in known or said_something:
            rows.append(row)
    return rows
