"""The form of a bulk appointment: who, by which company, where and for what."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from appointments.models import Company
from producers.enums import AgentType
from producers.forms import RecordForm
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.states import state_choices

SELECTION, PASTED, ASSIGNED = "selection", "pasted", "assigned"


class BulkAppointForm(RecordForm):
    """What is asked for. Whether it is possible is judged by the plan."""

    GROUPS = (
        ("What", ("company", "loa_categories", "agent_type", "effective_date")),
        ("Where", ("states",)),
        ("Who", ("who", "npns")),
    )

    company = forms.ModelChoiceField(Company.objects.none(), empty_label="Choose a company")
    loa_categories = forms.MultipleChoiceField(
        label="LOA categories",
        choices=[(each.value, each.label) for each in ASSIGNABLE_CATEGORIES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one category."},
    )
    agent_type = forms.ChoiceField(choices=AgentType.choices, initial=AgentType.PRODUCER)
    effective_date = forms.DateField(
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Empty: on the day on which the state processes it.",
    )
    states = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose at least one state."}
    )
    who = forms.ChoiceField(label="Producers", widget=forms.RadioSelect)
    npns = forms.CharField(
        label="NPNs",
        required=False,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        help_text="Paste them from anywhere: one a line, or with commas or spaces between them.",
    )

    def __init__(self, *args: Any, chosen: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        companies = Company.objects.filter(active=True).order_by("name")
        cast("forms.ModelChoiceField[Company]", self.fields["company"]).queryset = companies
        cast("forms.MultipleChoiceField", self.fields["states"]).choices = state_choices()
        ways = [
            (PASTED, "Those whose NPNs are pasted below"),
            (ASSIGNED, "Everybody whose assignment names the company, the state and the category"),
        ]
        if chosen:
            ways.insert(0, (SELECTION, f"The {chosen:,} chosen in the list"))
        cast("forms.ChoiceField", self.fields["who"]).choices = ways
        self.fields["who"].initial = ways[0][0]
