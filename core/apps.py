"""The shared room: things every domain app uses, and that know no domain."""

from __future__ import annotations

import sqlite3
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CoreConfig(AppConfig):
    """Holds the shared templates, static files, template tags and commands."""

    name = "core"
    label = "core"

    def ready(self) -> None:
        """Register the check of the keys, the lookups ``prefix`` and ``among``, and the care for SQLite."""
        from core import among, prefix  # noqa: F401
        from core.crypto import checks  # noqa: F401

        connection_created.connect(lift_sqlite_variable_limit, dispatch_uid="core.sqlite_limit")


def lift_sqlite_variable_limit(sender: Any, connection: Any, **_: Any) -> None:
    """Let bulk statements use as many variables as this SQLite was built for.

    Django assumes 999, so that the queries of ``bulk_create`` would grow with the rows; builds of the last years
    take 32,766 or 250,000.
    """
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
