"""The forms with which people change the library. Checking is the services' business; forms ask them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from rulebook import services
from rulebook.fields import Kind, RuleField
from rulebook.models import StateRule, TerminationReason
from rulebook.rules.vocabulary import LoaCategory


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def value_field(definition: RuleField) -> forms.Field:
    """The input that suits a rule: a list to choose from where the answers are known, a number, or text."""
    common: dict[str, Any] = {"label": definition.label, "help_text": definition.help}
    match definition.kind:
        case Kind.CHOICE:
            return forms.ChoiceField(
                choices=[(item, definition.told(item)) for item in definition.choices], **common
            )
        case Kind.WORDS:
            return forms.MultipleChoiceField(
                choices=_word_choices(definition), widget=forms.CheckboxSelectMultiple, **common
            )
        case Kind.NUMBER:
            common["label"] = f"{definition.label} ({definition.unit})"
            return forms.CharField(
                widget=forms.TextInput(attrs={"inputmode": "numeric"}), max_length=6, **common
            )
        case Kind.MONEY:
            common["label"] = f"{definition.label} ($)"
            return forms.CharField(
                widget=forms.TextInput(attrs={"inputmode": "decimal"}), max_length=12, **common
            )
        case Kind.TEXT:
            return forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **common)


def _word_choices(definition: RuleField) -> list[tuple[str, str]]:
    if definition.choices:
        return [(word, definition.told(word)) for word in definition.choices]
    reasons = TerminationReason.objects.filter(jurisdictions__isnull=False).distinct()
    return [(reason.slug, reason.label) for reason in reasons]


class OverrideForm(forms.Form):
    """A dated local rule."""

    effective_from = forms.DateField(label="First day", widget=DayInput, required=False)
    effective_to = forms.DateField(
        label="Last day", widget=DayInput, required=False, help_text="Empty: until further notice."
    )
    reason = forms.CharField(
        label="Why, and where it says so",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        help_text="Every decision that uses this rule shows it.",
    )

    def __init__(
        self, *args: Any, state: str, definition: RuleField, author: str, user_id: int | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = value_field(definition)
        self.order_fields(["value"])
        self._signed = {
            "jurisdiction": state,
            "field": definition.name,
            "author_label": author,
            "user_id": user_id,
        }
        self.draft: StateRule | None = None

    def clean_value(self) -> str:
        value: str | list[str] = self.cleaned_data["value"]
        return value if isinstance(value, str) else "|".join(value)

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                self.draft = services.draft_override(**self.rule)
            except ValidationError as refusal:
                self.add_error(None, refusal)
        return self.cleaned_data

    @property
    def rule(self) -> dict[str, Any]:
        """What the services are asked for."""
        return {**self._signed, **self.cleaned_data}


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Why is it withdrawn?", widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )


class LineForm(forms.Form):
    """What a line of authority is called here, and which categories it belongs to."""

    name = forms.CharField(max_length=120)
    categories = forms.MultipleChoiceField(
        choices=[(item.value, item.label) for item in LoaCategory],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="None: the line belongs to no category.",
    )
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)
