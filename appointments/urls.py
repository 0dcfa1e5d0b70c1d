"""Appointments, companies and transactions, under /admin/. Each room of screens keeps its own addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from appointments.lists import records
from appointments.views import companies
from core.lists.views import list_view

app_name = "appointments"

urlpatterns: list[URLPattern | URLResolver] = [
    path("appointments/", list_view(records.APPOINTMENTS), name="list"),
    path("companies/", list_view(records.COMPANIES), name="companies"),
    path("companies/new/", companies.new_company, name="company_new"),
    path("companies/<int:pk>/", companies.company_page, name="company"),
    path("companies/<int:pk>/edit/", companies.edit_company, name="company_edit"),
    path("companies/<int:pk>/states/", companies.save_states, name="company_states"),
    path("", include("appointments.views.asking.urls")),
    path("", include("appointments.views.licensing.urls")),
    path("", include("appointments.views.settings.urls")),
    path("", include("appointments.views.transactions.urls")),
]
