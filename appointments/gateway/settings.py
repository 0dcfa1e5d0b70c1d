"""The gateway settings: one row, made when first asked for."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any, Final

from django.conf import settings as installation

from appointments.models import GatewaySettings

NEEDED = ("customer", "first_name", "last_name", "title", "address_line_1", "city", "state", "zip_code")
"""Without these no document can be written, whatever the transaction."""

SIMULATED: Final[dict[str, Any]] = {
    "customer": "00DEMO",
    "entity": "00DEMO",
    "payment_account": "001",
    "first_name": "Simulated",
    "last_name": "Submitter",
    "title": "Licensing Analyst",
    "email": "licensing@agency.example",
    "phone": "555-010-0100",
    "address_line_1": "1 Fiction Plaza",
    "city": "Nowhere",
    "state": "OR",
    "zip_code": "97000",
    "polling": True,
}
"""The account that every installation has with the simulator."""


def stored() -> GatewaySettings:
    """The settings as they were filled in."""
    return GatewaySettings.objects.get_or_create(pk=1)[0]


def current() -> GatewaySettings:
    """The settings as they hold: do not save them.

    With our own simulator, while no account is filled in, they are completed with the simulator's, so that an
    installation can be tried as soon as it stands. Against the registry itself sending waits for the organisation's.
    """
    return _completed(stored())


def missing(settings: GatewaySettings) -> list[str]:
    """What has to be filled in before anything can be sent, in the words of the screen."""
    told = _completed(settings)
    empty = [name for name in NEEDED if not getattr(told, name).strip()]
    return [str(GatewaySettings._meta.get_field(name).verbose_name) for name in empty]  # type: ignore[union-attr]


def _completed(settings: GatewaySettings) -> GatewaySettings:
    if settings.customer.strip() or not registry_is_simulated():
        return settings
    told = copy(settings)
    for name, value in SIMULATED.items():
        setattr(told, name, getattr(settings, name) or value)
    return told


def registry_is_simulated() -> bool:
    """Whether the far side is our own simulator."""
    registry = replace(installation.ENVIRONMENT.registry, url_template=installation.NIPR_URL_TEMPLATE)
    return bool(registry.is_simulated)


def unknowns_are_automatic(settings: GatewaySettings | None = None) -> bool:
    """Whether unknown outcomes are settled without a person.

    Unset, only with the simulator. With the real registry never before the conformance checks have passed.
    """
    row = settings or current()
    if registry_is_simulated():
        return row.automatic_unknowns is not False
    return bool(row.automatic_unknowns) and row.conformance_passed_at is not None
