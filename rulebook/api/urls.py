from __future__ import annotations

from django.urls import path

from rulebook.api import views

urlpatterns = [
    path("states/<str:code>", views.StateView.as_view(), name="api-state"),
    path("states/<str:code>/overrides", views.OverridesView.as_view(), name="api-state-overrides"),
    path("states/<str:code>/lines", views.LinesView.as_view(), name="api-state-lines"),
    path("states/<str:code>/lines/<str:loa_code>", views.LineView.as_view(), name="api-state-line"),
]
