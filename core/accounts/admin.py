"""Users and groups in the admin site."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import UserChangeForm as BaseUserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from core.access import actor_of, signed_in
from core.accounts.models import User
from core.audit import services as audit

admin.site.unregister(Group)


class OnTheRecord:
    """Who may what is changed in the audit trail's sight, in the same transaction."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The last step of saving: by now the groups and rights are chosen too."""
        super().save_related(request, form, formsets, change)  # type: ignore[misc]  # stands before a ModelAdmin
        changes = {
            name: [_in_words(form.initial.get(name)), _in_words(form.cleaned_data.get(name))]
            for name in form.changed_data
            if "password" not in name
        }
        action = f"{form.instance._meta.model_name}.{'updated' if change else 'created'}"
        audit.record(action, actor=actor_of(request), subject=form.instance, changes=changes)


def _in_words(value: Any) -> Any:
    """Groups and rights by their names."""
    return sorted(map(str, value)) if isinstance(value, list | QuerySet) else value


class PersonCreationForm(UserCreationForm):
    """Name, address and a first password."""

    class Meta:
        model = User
        fields = ("email", "name")


class PersonChangeForm(UserChangeForm):
    """Everything but the password, which has its own page."""

    class Meta(BaseUserChangeForm.Meta):
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(OnTheRecord, BaseUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]  # both bases type the same hooks
    """People of the back office. They are made inactive, never deleted."""

    form = PersonChangeForm
    add_form = PersonCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets: Any = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only a superuser gives what stands above the groups; nobody else chooses groups for themselves."""
        fixed = tuple(super().get_readonly_fields(request, obj))
        if signed_in(request).is_superuser:
            return fixed
        return (*fixed, "is_superuser", "user_permissions", *(("groups",) if obj == request.user else ()))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A superuser's address and password are set by superusers: with them one could sign in as one."""
        out_of_reach = obj is not None and obj.is_superuser and not signed_in(request).is_superuser
        return not out_of_reach and super().has_change_permission(request, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Another's password is set; that it was is recorded with it."""
        with transaction.atomic():
            answer = super().user_change_password(request, id, form_url)
            if request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
                audit.record(
                    "user.password_set", actor=actor_of(request), subject=self.get_object(request, id)
                )
        return answer

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """The audit trail points at users, so none is deleted."""
        return False


@admin.register(Group)
class GroupAdmin(OnTheRecord, BaseGroupAdmin, ModelAdmin):  # type: ignore[misc]  # as above
    """Groups of rights: the roles of the organisation."""
