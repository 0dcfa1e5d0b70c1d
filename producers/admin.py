"""What only an administrator looks up, read-only. People work on the pages and lists; facts are written by the sync."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from producers.models import AlertSubscription


@admin.register(AlertSubscription)
class AlertSubscriptionAdmin(ModelAdmin):
    """The subscriptions kept at the registry, and how many producers each watches."""

    list_display = ["name", "watched", "last_report_day", "created_at"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AlertSubscription]:
        return super().get_queryset(request).annotate(watched=Count("targets"))  # type: ignore[no-any-return]

    @admin.display(description="producers watched", ordering="watched")
    def watched(self, subscription: Any) -> int:
        """Counted by the query of the list."""
        return int(subscription.watched)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The sync makes them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The sync keeps them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The sync removes them, at the registry too."""
        return False
