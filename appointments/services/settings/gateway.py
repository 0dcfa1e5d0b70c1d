"""How transactions leave: account, signer, second key, cool-off, caps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction as database

from appointments import access
from appointments.enums import AT_REGISTRY, TransactionStatus
from appointments.gateway import settings as gateway_settings
from appointments.models import GatewaySettings, Transaction
from appointments.services.settings.values import Effect
from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict, FieldError, InvalidInput, NotAllowed
from core.state_table import HasRight, any_right
from producers.identity import plain
from producers.services.records import refuse_stale
from producers.states import state_names


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


LIMITS: dict[str, tuple[int, int]] = {
    "second_key_above_cents": (0, 100_000_000),
    "cool_off_seconds": (0, 86_400),
    "document_size": (1, 100),
    "lease_seconds": (20, 3_600),
    "settle_seconds": (0, 60 * 86_400),
    "hourly_cap": (0, 1_000_000),
    "hourly_cap_cents": (0, 1_000_000_000),
}
"""From, to. NIPR takes at most 100 transactions a document."""


def update_gateway_settings(
    fields: GatewayFields,
    *,
    actor: Actor,
    expected_version: int | None = None,
    has_right: HasRight = any_right,
) -> GatewaySettings:
    """Change the gateway's settings. With ``expected_version`` nobody else's change is overwritten.

    Raises InvalidInput with every fault, Conflict (``stale``) when somebody was faster.
    """
    _require(has_right)
    with database.atomic():
        settings = _locked()
        refuse_stale(settings, expected_version)
        changes = _applied(settings, fields)
        if changes:
            settings.version += 1
            settings.save(update_fields=[*changes, "version"])
            audit.record("gateway.settings_changed", actor=actor, subject=settings, changes=changes)
    return settings


def preview_gateway_settings(fields: GatewayFields) -> Effect:
    """What :func:`update_gateway_settings` would touch: fields changed, and transactions that are on their way."""
    changes = _applied(gateway_settings.stored(), fields)
    under_way = Transaction.objects.filter(status__in=(TransactionStatus.QUEUED, *AT_REGISTRY))
    producers = list(under_way.values_list("producer_id", flat=True)) if changes else []
    return Effect(changed=len(changes), transactions=len(producers), producers=len(set(producers)))


def record_conformance(
    *, passed: bool, reason: str, actor: Actor, has_right: HasRight = any_right
) -> GatewaySettings:
    """Say that the conformance checks have passed on the registry's test site, or that they do not hold any more.

    Only then may unknown outcomes of the real registry be settled without a person.
    """
    _require(has_right)
    if not plain(reason):
        message = "Say when and where the checks were run, and by whom."
        raise InvalidInput([{"path": "reason", "code": "required", "message": message}])
    with database.atomic():
        settings = _locked()
        before = settings.conformance_passed_at
        if bool(before) == passed:
            raise Conflict("That is so already.", "Nothing to do.")
        settings.conformance_passed_at = clock.now() if passed else None
        settings.version += 1
        settings.save(update_fields=["conformance_passed_at", "version"])
        changes = {"conformance_passed": [bool(before), passed]}
        audit.record(
            "gateway.conformance", actor=actor, subject=settings, changes=changes, reason=plain(reason)
        )
    return settings


def _applied(settings: GatewaySettings, fields: GatewayFields) -> dict[str, list[Any]]:
    """Put the fields on the row; what changed. Raises InvalidInput with every fault."""
    changes: dict[str, list[Any]] = {}
    for name, told in fields.items():
        value = plain(told) if isinstance(told, str) else told
        before = getattr(settings, name)
        if before != value:
            changes[name] = [before, value]
            setattr(settings, name, value)
    faults = [fault for name in changes for fault in _faults(settings, name)]
    if faults:
        raise InvalidInput(faults)
    return changes


def _faults(settings: GatewaySettings, name: str) -> Iterator[FieldError]:
    value = getattr(settings, name)
    if name in LIMITS:
        least, most = LIMITS[name]
        if not isinstance(value, int) or not least <= value <= most:
            yield _fault(name, "out_of_range", f"Say a whole number from {least:,} to {most:,}.")
        return
    if name == "state" and value and value not in state_names():
        yield _fault(name, "unknown_state", f"There is no state “{value}”.")
        return
    field = GatewaySettings._meta.get_field(name)
    try:
        field.clean(value, settings)  # type: ignore[union-attr]
    except ValidationError as error:
        yield _fault(name, "invalid", " ".join(error.messages))


def _locked() -> GatewaySettings:
    gateway_settings.stored()
    return GatewaySettings.objects.select_for_update().get(pk=1)


def _require(has_right: HasRight) -> None:
    if not has_right(access.CHANGE_GATEWAY):
        raise NotAllowed(access.CHANGE_GATEWAY)


def _fault(path: str, code: str, message: str) -> FieldError:
    return {"path": path, "code": code, "message": message}
