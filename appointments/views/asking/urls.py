"""Addresses of the screens on which is asked for appointments and their ends."""

from __future__ import annotations

from django.urls import URLPattern, path

from appointments.views.asking import bulk, quick, quick_plan, terminate, terminate_many

urlpatterns: list[URLPattern] = [
    path("quick-appoint/<int:pk>/", quick.quick_appoint, name="quick_appoint"),
    path("quick-appoint/<int:pk>/plan/<uuid:bulk>/", quick_plan.quick_plan, name="quick_plan"),
    path("terminate/<int:pk>/", terminate.terminate, name="terminate"),
    path("terminate/", terminate_many.terminate_many, name="terminate_many"),
    path("bulk-appoint/", bulk.bulk_appoint, name="bulk_appoint"),
]
