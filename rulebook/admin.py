"""The rule book in the admin: to look things up. Changes go through the library, which previews and signs them."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from rulebook.models import (
    Fee,
    Jurisdiction,
    LicenseClass,
    LineOfAuthority,
    RenewalWindow,
    StateRule,
    TerminationReason,
)


class ReadOnlyAdmin(ModelAdmin):
    """Shipped rows are changed by loading, local ones by the library: nothing is written here."""

    list_select_related = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Jurisdiction)
class JurisdictionAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "confidence", "at_registry")
    search_fields = ("code", "name")


@admin.register(StateRule)
class StateRuleAdmin(ReadOnlyAdmin):
    list_display = (
        "jurisdiction",
        "field",
        "value",
        "effective_from",
        "effective_to",
        "origin",
        "author_label",
        "withdrawn_at",
    )
    list_filter = ("origin", "field", "confidence")
    search_fields = ("jurisdiction__code", "jurisdiction__name", "value", "reason")


@admin.register(LineOfAuthority)
class LineOfAuthorityAdmin(ReadOnlyAdmin):
    list_display = (
        "jurisdiction",
        "code_system",
        "code",
        "name",
        "categories",
        "license_class_name",
        "origin",
    )
    list_filter = ("origin", "code_system", "confidence")
    search_fields = ("jurisdiction__code", "code", "name")


@admin.register(LicenseClass)
class LicenseClassAdmin(ReadOnlyAdmin):
    list_display = ("jurisdiction", "code_system", "code", "name", "kind")
    list_filter = ("kind", "code_system")
    search_fields = ("jurisdiction__code", "code", "name")


@admin.register(TerminationReason)
class TerminationReasonAdmin(ReadOnlyAdmin):
    list_display = ("label", "slug", "for_cause", "taken_by")
    search_fields = ("label", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TerminationReason]:
        return TerminationReason.objects.prefetch_related("jurisdictions")

    @admin.display(description="taken by")
    def taken_by(self, reason: TerminationReason) -> str:
        return ", ".join(sorted(state.code for state in reason.jurisdictions.all()))


@admin.register(Fee)
class FeeAdmin(ReadOnlyAdmin):
    list_display = ("item", "payee", "amount_text", "effective_from")
    list_filter = ("payee",)
    search_fields = ("item",)


@admin.register(RenewalWindow)
class RenewalWindowAdmin(ReadOnlyAdmin):
    list_display = ("jurisdiction", "opens", "closes", "note")
    search_fields = ("jurisdiction__code", "jurisdiction__name")
