from __future__ import annotations

from django.urls import path

from appointments.api import views

urlpatterns = [
    path("producers/<str:npn>/appointments", views.AppointmentList.as_view(), name="api-appointments"),
    path("companies", views.CompanyList.as_view(), name="api-companies"),
    path("companies/<str:cocode>", views.CompanyDetail.as_view(), name="api-company"),
]
