"""Addresses of the screens of what the organisation does business in, and of how transactions leave."""

from __future__ import annotations

from django.urls import URLPattern, path

from appointments.views.settings import fees, gateway, reasons, rules, rules_state

urlpatterns: list[URLPattern] = [
    path("business-rules/", rules.business_rules, name="business_rules"),
    path("business-rules/change/", rules.business_rules_bulk, name="business_rules_bulk"),
    path("business-rules/<str:state>/", rules_state.business_rules_state, name="business_rules_state"),
    path("default-termination-reasons/", reasons.default_reasons, name="default_reasons"),
    path("gateway-settings/", gateway.gateway_page, name="gateway_settings"),
    path("gateway-settings/conformance/", gateway.conformance, name="gateway_conformance"),
    path("fees/", fees.fees_page, name="fees"),
]
