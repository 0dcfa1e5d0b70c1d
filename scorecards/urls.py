"""Scorecards, under /admin/."""

from __future__ import annotations

from django.urls import URLPattern, path

from scorecards import views

app_name = "scorecards"

urlpatterns: list[URLPattern] = [
    path("scorecards/", views.scorecard_list, name="list"),
    path("scorecards/<str:number>/", views.scorecard_page, name="page"),
    path("scorecards/<str:number>/print/", views.scorecard_print, name="print"),
    path("scorecards/<str:number>/refresh/", views.refresh, name="refresh"),
    path("scorecards/<str:number>/add/", views.add_to_assignment, name="add"),
]
