"""The cost ledger in the back office: to read, not to change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from nipr.models import RegistryCall


@admin.register(RegistryCall)
class RegistryCallAdmin(ModelAdmin):
    """What the registry was asked, by whom, and what it cost."""

    list_display = [
        "at",
        "operation",
        "npn",
        "price",
        "outcome",
        "asked_by_label",
        "reason",
        "attempts",
        "duration_ms",
    ]
    list_filter = ["outcome", "operation", "asked_by_kind"]
    search_fields = ["npn", "asked_by_label", "reason"]
    date_hierarchy = "at"
    show_full_result_count = False

    @admin.display(description="price", ordering="price_cents")
    def price(self, call: RegistryCall) -> str:
        """Dollars and cents; free calls show nothing to pay."""
        return f"${call.price_cents / 100:.2f}" if call.price_cents else "free"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from calls only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was spent is not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was spent is not forgotten."""
        return False
