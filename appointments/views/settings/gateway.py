"""How transactions leave: the settings of the gateway."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from appointments import access
from appointments.forms.gateway import GatewayForm
from appointments.gateway import settings as gateway_settings
from appointments.services.settings.gateway import (
    preview_gateway_settings,
    record_conformance,
    update_gateway_settings,
)
from appointments.views.settings.rules import rights_of
from core.access import (
    actor_of,
    back_office_page,
    has_right,
    lacking,
    render_page,
    require_right,
    signed_in,
)
from core.errors import DomainError, InvalidInput


@back_office_page(right="appointments.view_gatewaysettings")
def gateway_page(request: HttpRequest) -> HttpResponseBase:
    """The form; first it says what would change, then it saves."""
    settings = gateway_settings.stored()
    may = has_right(signed_in(request), access.CHANGE_GATEWAY)
    form = GatewayForm(request.POST or None, settings=settings)
    told: list[str] = []
    if request.method == "POST":
        require_right(signed_in(request), access.CHANGE_GATEWAY)
        if form.is_valid():
            told = _posted(request, form)
            if not form.errors and "confirmed" in request.POST:
                messages.success(request, "Saved.")
                return redirect("appointments:gateway_settings")
    if not may:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "form": form,
        "told": told if not form.errors else [],
        "missing": gateway_settings.missing(settings),
        "may": may,
        "refusal": lacking(signed_in(request), access.CHANGE_GATEWAY),
        "simulated": gateway_settings.registry_is_simulated(),
        "automatic": gateway_settings.unknowns_are_automatic(settings),
        "conformance": settings.conformance_passed_at,
        "settings": settings,
    }
    status = 422 if form.is_bound and form.errors else 200
    template = "appointments/settings/gateway.html"
    return render_page(request, template, context, "Gateway settings", status=status)


@require_POST
@back_office_page(right=access.CHANGE_GATEWAY)
def conformance(request: HttpRequest) -> HttpResponseBase:
    """Say that the conformance checks have passed on the registry's test site, or that they do not hold any more."""
    try:
        record_conformance(
            passed=request.POST.get("passed") == "yes",
            reason=request.POST.get("reason", "")[:300],
            actor=actor_of(request),
            has_right=rights_of(request),
        )
        messages.success(request, "Noted.")
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("appointments:gateway_settings")


def _posted(request: HttpRequest, form: GatewayForm) -> list[str]:
    """Save, or say what saving would change; what the service refuses stands at its field."""
    fields = form.fields_given()
    try:
        effect = preview_gateway_settings(fields)
        if "confirmed" in request.POST:
            update_gateway_settings(
                fields,
                actor=actor_of(request),
                expected_version=form.cleaned_data["version"],
                has_right=rights_of(request),
            )
    except InvalidInput as refusal:
        for error in refusal.errors:
            name = form.field_named(error["path"])
            form.add_error(name if name in form.fields else None, error["message"])
        return []
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return []
    if effect.nothing:
        return ["Nothing would change."]
    told = [f"{effect.changed} setting{'s' if effect.changed != 1 else ''} changed."]
    if effect.transactions:
        told.append(
            f"{effect.transactions:,} transactions are on their way now; what waits leaves by the new settings."
        )
    return told
