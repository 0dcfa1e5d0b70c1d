"""The project's own app, and the admin with our site as its default."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AgentSyncConfig(AppConfig):
    """Connects what only the top of the house may know."""

    name = "agentsync"
    verbose_name = "Back office"

    def ready(self) -> None:
        # Without the Celery app loaded, the web would publish to Celery's default broker.
        from agentsync import celery, wiring  # noqa: F401

        wiring.connect()


class BackOfficeAdminConfig(admin_apps.AdminConfig):
    """django.contrib.admin with the back office as `admin.site`."""

    default_site = "agentsync.site.BackOfficeSite"
    default = False
