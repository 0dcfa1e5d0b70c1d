"""Forms of the producer screens. They read what was typed; the services judge it."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.forms.utils import ErrorList
from django.urls import reverse
from django.utils.html import format_html

from core.accounts.models import User
from core.errors import InvalidInput
from producers.directory import company_names
from producers.enums import AgentType, EntityType, ScorecardType, Tracking
from producers.models import Producer, ProducerAssignment
from producers.services import AssignmentFields, DuplicateProducer, ProducerFields
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.states import state_choices


class RecordForm(forms.Form):
    """A form in named groups of fields, that takes the refusals of a service as its own errors."""

    GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = ()

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            widget = field.widget
            if not isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
                widget.attrs.setdefault("class", "r-input")
            if field.help_text:
                widget.attrs["aria-describedby"] = f"help_{name}"

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The visible fields, under their headings."""
        return [
            (title, [self[name] for name in names if name in self.fields]) for title, names in self.GROUPS
        ]

    def refuse(self, refusal: InvalidInput) -> None:
        """Show each fault at its field, and a link to the record that is in the way."""
        for error in refusal.errors:
            field = error["path"] if error["path"] in self.fields else None
            if isinstance(refusal, DuplicateProducer) and refusal.existing:
                url = reverse("producers:page", args=[refusal.existing.pk])
                message = format_html(
                    '{} <a href="{}">Open {}</a>', error["message"], url, refusal.existing.display_name
                )
                self._errors_at(field).append(message)
            else:
                self.add_error(field, error["message"])

    def _errors_at(self, field: str | None) -> ErrorList:
        return self.errors.setdefault(field or "__all__", self.error_class())


class ProducerForm(RecordForm):
    """A producer, new or known. Its SSN is never filled in: blank leaves what is on file."""

    GROUPS = (
        ("Identity", ("first_name", "middle_name", "last_name", "suffix", "company_name", "npn", "dummy_npn", "fein")),
        ("Contact", ("email", "phone", "resident_state")),
        ("Personal data", ("ssn", "birth_date")),
        ("Organisation", ("agency", "owner", "external_id", "tracking")),
    )  # fmt: skip

    entity_type = forms.ChoiceField(choices=EntityType.choices, widget=forms.HiddenInput)
    first_name = forms.CharField(required=False)
    middle_name = forms.CharField(required=False)
    last_name = forms.CharField(help_text="As the registry has it: it must match for the NPN.")
    suffix = forms.CharField(required=False)
    company_name = forms.CharField(label="Agency name")
    npn = forms.CharField(
        label="NPN",
        required=False,
        help_text="1 to 10 digits.",
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    dummy_npn = forms.BooleanField(
        label="Dummy NPN",
        required=False,
        help_text="Stands for an agency the registry does not know; never sent.",
    )
    fein = forms.CharField(label="FEIN", required=False, help_text="Nine digits.")
    email = forms.CharField(label="E-mail", required=False, widget=forms.EmailInput)
    phone = forms.CharField(required=False)
    resident_state = forms.ChoiceField(required=False)
    ssn = forms.CharField(label="SSN", required=False, widget=forms.TextInput({"autocomplete": "off"}))
    birth_date = forms.DateField(
        label="Date of birth", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    agency = forms.CharField(
        required=False,
        help_text="Its NPN, or its name.",
        widget=forms.TextInput({"list": "agencies", "autocomplete": "off"}),
    )
    owner = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody")
    external_id = forms.CharField(
        label="External id", required=False, help_text="The number in your own system."
    )
    tracking = forms.ChoiceField(label="NIPR tracking", choices=Tracking.choices)

    def __init__(self, *args: Any, entity_type: str, producer: Producer | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).update(_initial(producer) | {"entity_type": entity_type})
        super().__init__(*args, **kwargs)
        firm = entity_type == EntityType.FIRM
        unwanted = ("first_name", "middle_name", "last_name", "suffix", "ssn", "birth_date")
        for name in unwanted if firm else ("company_name", "dummy_npn", "fein"):
            del self.fields[name]
        cast("forms.ChoiceField", self.fields["resident_state"]).choices = [
            ("", "Not known"),
            *state_choices(),
        ]
        people = User.objects.filter(is_staff=True, is_active=True).order_by("name", "email")
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = people
        if producer is not None and not firm:
            kept = f"On file, ending in {producer.ssn_last4}; " if producer.ssn_last4 else ""
            self.fields["ssn"].help_text = f"{kept}leave blank to keep what is on file."
            self.fields["birth_date"].help_text = "Leave blank to keep what is on file."

    def clean_agency(self) -> Producer | None:
        """An agency by its NPN or its name."""
        text = self.cleaned_data["agency"].strip()
        if not text:
            return None
        agencies = Producer.objects.filter(entity_type=EntityType.FIRM).defer("ssn", "birth_date")
        found = list(
            agencies.filter(**({"npn": text} if text.isdigit() else {"sort_name": text.casefold()}))[:2]
        )
        if len(found) == 1:
            return found[0]
        many = f"Several agencies are called “{text}”; give the NPN."
        raise forms.ValidationError(
            many if found else f"No agency “{text}” is on file; add the agency first."
        )

    def fields_given(self) -> ProducerFields:
        """What was typed, for the service. Blank personal data means: leave it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        for name in ("ssn", "birth_date"):
            if not given.get(name):
                given.pop(name, None)
        return cast("ProducerFields", given)


def _initial(producer: Producer | None) -> dict[str, Any]:
    if producer is None:
        return {"tracking": Tracking.ACTIVE}
    names = [
        name for name in ProducerForm.base_fields if name not in ("ssn", "birth_date", "agency", "owner")
    ]
    agency = producer.agency
    return {
        **{name: getattr(producer, name) for name in names},
        "owner": producer.owner_id,
        "agency": (agency.npn or agency.company_name) if agency else "",
    }


class AssignmentForm(RecordForm):
    """What a producer should hold."""

    GROUPS = (
        ("", ("states",)),
        ("", ("loa_categories",)),
        ("Scorecard", ("scorecard_type", "agent_type", "external_id")),
        ("", ("cocodes",)),
    )

    states = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    loa_categories = forms.MultipleChoiceField(
        label="LOA categories",
        choices=[(each.value, each.label) for each in ASSIGNABLE_CATEGORIES],
        widget=forms.CheckboxSelectMultiple,
    )
    scorecard_type = forms.ChoiceField(choices=ScorecardType.choices)
    agent_type = forms.ChoiceField(choices=AgentType.choices)
    external_id = forms.CharField(label="External id", required=False, max_length=100)
    cocodes = forms.MultipleChoiceField(
        label="Companies", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Needed for a License & appointment scorecard.",
    )  # fmt: skip

    def __init__(self, *args: Any, assignment: ProducerAssignment | None = None, **kwargs: Any) -> None:
        if assignment is not None:
            names = [*self.base_fields]
            kwargs.setdefault("initial", {}).update({name: getattr(assignment, name) for name in names})
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["states"]).choices = state_choices()
        companies = company_names() | company_names(assignment.cocodes if assignment else [])
        cast("forms.MultipleChoiceField", self.fields["cocodes"]).choices = [
            (cocode, f"{name} ({cocode})")
            for cocode, name in sorted(companies.items(), key=lambda pair: pair[1])
        ]

    def fields_given(self) -> AssignmentFields:
        return cast("AssignmentFields", {k: v for k, v in self.cleaned_data.items() if k != "version"})


class ReasonForm(RecordForm):
    """Why personal data has to be seen."""

    GROUPS = (("", ("reason", "what")),)

    what = forms.ChoiceField(
        label="Show", choices=[("ssn", "Social security number"), ("birth_date", "Date of birth")]
    )
    reason = forms.CharField(
        max_length=300,
        help_text="It is kept in the audit trail with your name and the time.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
