"""Where lower rooms are connected to higher ones they may not import."""

from __future__ import annotations

from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from agentsync.roles import keep_roles
from producers.tabs import register_own_tabs


def connect() -> None:
    """Called once, when every app is ready."""
    # Kinds of job stand in the tasks modules; the web asks for jobs too, so every process knows all kinds.
    autodiscover_modules("tasks")
    post_migrate.connect(keep_roles, dispatch_uid="agentsync.roles")
    register_own_tabs()
