"""The gateway settings: one row, made when first asked for."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings as installation

from appointments.models import GatewaySettings

NEEDED = ("customer", "first_name", "last_name", "title", "address_line_1", "city", "state", "zip_code")
"""Without these no document can be written, whatever the transaction."""


def current() -> GatewaySettings:
    """The settings as they stand."""
    return GatewaySettings.objects.get_or_create(pk=1)[0]


def missing(settings: GatewaySettings) -> list[str]:
    """What has to be filled in before anything can be sent, in the words of the screen."""
    empty = [name for name in NEEDED if not getattr(settings, name).strip()]
    return [str(GatewaySettings._meta.get_field(name).verbose_name) for name in empty]  # type: ignore[union-attr]


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
