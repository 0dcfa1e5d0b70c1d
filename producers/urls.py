"""Producers, their changes and syncs, under /admin/."""

from __future__ import annotations

from django.urls import URLPattern, path

from core.lists.views import list_view
from producers import lists
from producers.views import actions, changes, editing, producer, runs

app_name = "producers"

urlpatterns: list[URLPattern] = [
    path("producers/", list_view(lists.PRODUCERS), name="list"),
    path("agencies/", list_view(lists.AGENCIES), name="agencies"),
    path("licenses/", list_view(lists.LICENSES), name="licenses"),
    path("changes/", list_view(lists.CHANGES), name="changes"),
    path("changes/acknowledge/", changes.acknowledge, name="acknowledge"),
    path("syncs/", list_view(lists.SYNC_RUNS), name="runs"),
    path("syncs/<int:pk>/", runs.run_page, name="run"),
    path("syncs/<int:pk>/accept-removals/", runs.accept_removals, name="run_accept"),
    path("producers/new/", editing.new_producer, {"entity_type": "individual"}, name="new"),
    path("agencies/new/", editing.new_producer, {"entity_type": "firm"}, name="new_agency"),
    path("agencies/suggestions/", editing.agency_suggestions, name="agency_suggestions"),
    path("producers/<int:pk>/", producer.producer_page, name="page"),
    path("producers/<int:pk>/edit/", editing.edit_producer, name="edit"),
    path("producers/<int:pk>/sync/", actions.sync_now, name="sync"),
    path("producers/<int:pk>/refresh/", actions.refresh, name="refresh"),
    path("producers/<int:pk>/tracking/", actions.tracking, name="tracking"),
    path("producers/<int:pk>/reveal/", actions.reveal, name="reveal"),
    path("producers/<int:pk>/assignments/new/", editing.new_assignment, name="assignment_new"),
    path("assignments/<int:pk>/edit/", editing.edit_assignment, name="assignment_edit"),
    path("assignments/<int:pk>/end/", editing.end_assignment, name="assignment_end"),
]
