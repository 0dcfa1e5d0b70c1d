"""The registry as a Django app."""

from __future__ import annotations

import logging

from django.apps import AppConfig


class NiprConfig(AppConfig):
    name = "nipr"
    verbose_name = "NIPR"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the HTTP library's own log quiet: it writes addresses, and a hitlist search can carry an SSN in one."""
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
