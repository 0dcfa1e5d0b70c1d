"""How transactions leave: account, signer, second key, cool-off, caps."""

from __future__ import annotations

from typing import TypedDict

from appointments.models import GatewaySettings
from appointments.services.settings.values import Effect
from core.actor import Actor
from core.state_table import HasRight, any_right


class GatewayFields(TypedDict, total=False):
    """What may be said about the gateway. Absent means unchanged."""

    customer: str
    entity: str
    payment_account: str
    first_name: str
    last_name: str
    title: str
    email: str
    phone: str
    address_line_1: str
    city: str
    state: str
    zip_code: str
    second_key_above_cents: int
    cool_off_seconds: int
    document_size: int
    lease_seconds: int
    settle_seconds: int
    polling: bool
    automatic_unknowns: bool | None
    hourly_cap: int
    hourly_cap_cents: int
    sync_after_approval: bool


def update_gateway_settings(
    fields: GatewayFields,
    *,
    actor: Actor,
    expected_version: int | None = None,
    has_right: HasRight = any_right,
) -> GatewaySettings:
    """Change the gateway's settings. With ``expected_version`` nobody else's change is overwritten."""
    raise NotImplementedError


def preview_gateway_settings(fields: GatewayFields) -> Effect:
    """What :func:`update_gateway_settings` would touch: fields changed, transactions that wait to leave."""
    raise NotImplementedError
