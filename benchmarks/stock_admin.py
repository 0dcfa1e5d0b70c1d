"""The product's addresses, and beside them Django's own admin, with its own templates, over the same tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import path

from agentsync.urls import urlpatterns as ours
from producers.models import License, Producer

STOCK = "stock"
settings.TEMPLATES.append(
    {
        "NAME": STOCK,
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(admin.__file__).parent / "templates"],
        "OPTIONS": {"context_processors": settings.TEMPLATES[0]["OPTIONS"]["context_processors"]},
    }
)
site = AdminSite(name=STOCK)


class StockAdmin(ModelAdmin):
    """Renders with the templates that come with Django, whatever other apps have put in their place."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse):
            response.using = STOCK
        return response


class ProducerAdmin(StockAdmin):
    list_display = ("npn", "first_name", "last_name", "email", "agency", "tracking", "sync_status")
    list_filter = ("entity_type", "tracking", "sync_status")
    search_fields = ("npn", "first_name", "last_name", "company_name", "email")


class LicenseAdmin(StockAdmin):
    list_display = ("producer", "state", "license_number", "license_class", "expiration_date")
    search_fields = ("license_number",)


site.register(Producer, ProducerAdmin)
site.register(License, LicenseAdmin)
urlpatterns = [*ours, path("stock/", site.urls)]
