"""Pages the libraries bring: those of use stay, in the back office's look; the rest are taken off."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest
from oauth2_provider.models import AccessToken, Application, Grant, IDToken, RefreshToken
from unfold.admin import ModelAdmin

for _model in (EmailAddress, Authenticator, AccessToken, Application, Grant, IDToken, RefreshToken):
    admin.site.unregister(_model)


@admin.register(Application)
class ApiClientAdmin(ModelAdmin):
    """Who may call the API. Clients are made by `create_api_client`, which shows the secret once; here they end."""

    list_display = ("name", "client_id", "created", "updated")
    search_fields = ("name", "client_id")
    fields = ("name", "client_id", "authorization_grant_type", "created", "updated")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A secret cannot be shown by a form that stores it hashed."""
        return False
