from __future__ import annotations

from django.urls import path

from rulebook import views

app_name = "rulebook"
urlpatterns = [
    path("library/", views.side_by_side, name="library"),
    path("library/local-rules/<int:pk>/withdraw/", views.withdraw_rule, name="withdraw_rule"),
    path("library/<str:state>/", views.state_page, name="state"),
    path("library/<str:state>/rules/<str:field>/", views.change_rule, name="change_rule"),
    path("library/<str:state>/lines/<str:code>/", views.change_line, name="change_line"),
]
