"""The form of the gateway settings: money in dollars, the rest as it is kept."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from appointments.gateway.settings import NEEDED
from appointments.models import GatewaySettings
from appointments.services.settings.gateway import GatewayFields
from producers.forms import RecordForm
from producers.states import state_choices

AUTOMATIC = (
    ("", "Only with the simulator (recommended)"),
    ("yes", "Yes, by itself"),
    ("no", "No, a person decides each time"),
)
_SAID = {None: "", True: "yes", False: "no"}
_MEANT = {said: meant for meant, said in _SAID.items()}
MONEY = {"second_key_above": "second_key_above_cents", "hourly_money": "hourly_cap_cents"}
"""Fields in dollars, and the cents behind them."""


def _whole(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=2_000_000_000, help_text=help_text)


def _dollars(label: str, help_text: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=10, decimal_places=2, help_text=help_text)


def _text(label: str, most: int, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, help_text=help_text)


class GatewayForm(RecordForm):
    """What leaves, under whose name, how fast and how much at most."""

    GROUPS = (
        ("Account at NIPR", ("customer", "entity", "payment_account")),
        ("Who signs for the organisation",
         ("first_name", "last_name", "title", "email", "phone", "address_line_1", "city", "state", "zip_code")),
        ("Before it leaves", ("second_key_above", "cool_off_seconds", "hourly_cap", "hourly_money")),
        ("How it leaves", ("document_size", "lease_seconds", "settle_seconds")),
        ("", ("polling", "sync_after_approval", "automatic_unknowns")),
    )  # fmt: skip

    customer = _text("Gateway customer", 20, "The customer number under which NIPR knows the organisation.")
    entity = _text("Gateway entity", 20)
    payment_account = _text("Payment account", 20, "The account that NIPR charges.")
    first_name = _text("First name", 60)
    last_name = _text("Last name", 60)
    title = _text("Title", 60)
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    phone = _text("Phone", 30)
    address_line_1 = _text("Address", 100)
    city = _text("City", 60)
    state = forms.ChoiceField(required=False)
    zip_code = _text("ZIP", 10)
    second_key_above = _dollars(
        "Second key above, in dollars", "A submission that costs more is approved by a second person."
    )
    cool_off_seconds = _whole(
        "Cool-off, in seconds", "So long a submission can be taken back before it leaves."
    )
    hourly_cap = _whole("Transactions an hour at most", "Then sending stops until a person releases it.")
    hourly_money = _dollars("Dollars an hour at most", "Then sending stops until a person releases it.")
    document_size = _whole(
        "Transactions in one document", "1 to 100. A refused document refuses all that is in it."
    )
    lease_seconds = _whole("A send may take, in seconds", "The call itself gets half of it.")
    settle_seconds = _whole(
        "Wait before “not received” is believed, in seconds",
        "What NIPR has received may stay invisible for a while. Too short a wait can make the organisation pay twice.",
    )
    polling = forms.BooleanField(
        label="NIPR has switched on polling for the account",
        required=False,
        help_text="Then asking again about a document does not send it again.",
    )
    sync_after_approval = forms.BooleanField(
        label="Read the producer after an approval",
        required=False,
        help_text="Buys one report of each producer whose transactions are approved.",
    )
    automatic_unknowns = forms.ChoiceField(
        label="Settle unknown outcomes without a person", required=False, choices=AUTOMATIC
    )

    needed = NEEDED
    """They may be saved empty, and are not called optional."""

    def __init__(self, *args: Any, settings: GatewaySettings, **kwargs: Any) -> None:
        initial = {name: getattr(settings, name, None) for name in self.base_fields}
        initial |= {name: settings_cents(settings, kept) for name, kept in MONEY.items()}
        initial["automatic_unknowns"] = _SAID[settings.automatic_unknowns]
        super().__init__(*args, initial=initial, **kwargs)
        for name in NEEDED:
            field = self.fields[name]
            field.help_text = f"{field.help_text} Without it nothing can be sent.".strip()
        cast("forms.ChoiceField", self.fields["state"]).choices = [("", "Not set"), *state_choices()]

    def fields_given(self) -> GatewayFields:
        """As the service takes them."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        for name, kept in MONEY.items():
            said[kept] = int(said.pop(name) * 100)
        said["automatic_unknowns"] = _MEANT[said["automatic_unknowns"]]
        return cast("GatewayFields", said)

    def field_named(self, path: str) -> str:
        """The field that shows a setting."""
        return next((name for name, kept in MONEY.items() if kept == path), path)


def settings_cents(settings: GatewaySettings, name: str) -> str:
    """Cents as dollars with two decimals, for an input."""
    return f"{getattr(settings, name) / 100:.2f}"
