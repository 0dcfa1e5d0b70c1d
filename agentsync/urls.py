"""Every address of the product. An app's pages stand before the admin's own, under the same /admin/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from agentsync import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("metrics", views.metrics),
    path("account/email/", views.closed),
    path("account/", include("allauth.account.urls")),
    path("account/two-step/", include("allauth.mfa.urls")),
    path("admin/login/", views.to_the_door),
    path("admin/logout/", views.sign_out),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/search/", views.search_page),
    path("admin/", include("producers.urls")),
    path("admin/", include("appointments.urls")),
    path("admin/", include("rulebook.urls")),
    path("admin/", include("scorecards.urls")),
    path("admin/", include("core.audit.urls")),
    path("admin/", include("core.imports.urls")),
    path("admin/", include("core.jobs.urls")),
    path("admin/", include("core.notices.urls")),
    path("admin/", admin.site.urls),
    path("", include("core.api.urls")),
    path("api/v1/", include("core.imports.api.urls")),
    path("api/v1/", include("rulebook.api.urls")),
    path("api/v1/", include("producers.api.urls")),
    path("api/v1/", include("appointments.api.urls")),
    path("api/v1/", include("scorecards.api.urls")),
]

handler400 = "core.api.fallback.bad_request"
handler403 = "core.api.fallback.not_allowed"
handler404 = "core.api.fallback.not_found"
handler500 = "core.api.fallback.breakdown"
