"""Where lower rooms are connected to higher ones they may not import."""

from __future__ import annotations

from django.db.models.signals import post_migrate

from agentsync.roles import keep_roles


def connect() -> None:
    """Called once, when every app is ready."""
    post_migrate.connect(keep_roles, dispatch_uid="agentsync.roles")
