"""Addresses of the screens of licenses and renewals."""

from __future__ import annotations

from django.urls import URLPattern, path

from appointments.views.licensing import answers, request

urlpatterns: list[URLPattern] = [
    path("license-request/<int:pk>/", request.license_request, name="license_request"),
    path("license-request/<int:pk>/answers/", answers.background_answers, name="background_answers"),
]
