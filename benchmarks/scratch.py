"""A database of its own for a benchmark: made, migrated and dropped again, on whatever DATABASE_URL names."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django


def setup() -> None:
    """Make Django ready; call before importing models."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agentsync.settings")
    django.setup()


@contextmanager
def database(name: str) -> Iterator[str]:
    """A fresh database with the rule book loaded; yields the vendor's name."""
    setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    settings_dict = connection.settings_dict
    if connection.vendor == "postgresql":
        settings_dict["TEST"]["NAME"] = f"bench_{name}"
    else:
        settings_dict["TEST"]["NAME"] = str(settings.VAR_DIR / f"bench_{name}.sqlite3")
    old = setup_databases(verbosity=0, interactive=False)
    with tempfile.TemporaryDirectory() as journal:
        # A journal of another database would raise the fence.
        settings.SEND_JOURNAL_DIR = Path(journal)
        try:
            call_command("load_rulebook", stdout=io.StringIO())
            yield connection.vendor
        finally:
            teardown_databases(old, verbosity=0)
