"""Appointments and companies, under /admin/."""

from __future__ import annotations

from django.urls import URLPattern, path

from appointments import lists, views
from core.lists.views import list_view

app_name = "appointments"

urlpatterns: list[URLPattern] = [
    path("appointments/", list_view(lists.APPOINTMENTS), name="list"),
    path("companies/", list_view(lists.COMPANIES), name="companies"),
    path("companies/new/", views.new_company, name="company_new"),
    path("companies/<int:pk>/", views.company_page, name="company"),
    path("companies/<int:pk>/edit/", views.edit_company, name="company_edit"),
    path("companies/<int:pk>/states/", views.save_states, name="company_states"),
]
