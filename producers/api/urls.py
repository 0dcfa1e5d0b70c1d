from __future__ import annotations

from django.urls import path

from producers.api import views

urlpatterns = [
    path("producers", views.ProducerList.as_view(), name="api-producers"),
    path("producers/<str:npn>", views.ProducerDetail.as_view(), name="api-producer"),
    path("producers/<str:npn>/sync", views.ProducerSync.as_view(), name="api-sync"),
    path("producers/<str:npn>/licenses", views.LicenseList.as_view(), name="api-licenses"),
    path("producers/<str:npn>/assignments", views.AssignmentList.as_view(), name="api-assignments"),
]
