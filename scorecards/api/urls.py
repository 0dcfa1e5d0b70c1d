from __future__ import annotations

from django.urls import path

from scorecards.api import views

urlpatterns = [
    path("producers/<str:npn>/scorecards", views.ScorecardList.as_view(), name="api-producer-scorecards"),
    path("producers/<str:npn>/standing", views.StandingView.as_view(), name="api-standing"),
    path("scorecards/<str:number>", views.ScorecardDetail.as_view(), name="api-scorecard"),
    path("scorecards/<str:number>/refresh", views.ScorecardRefresh.as_view(), name="api-scorecard-refresh"),
]
