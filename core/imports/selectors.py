"""Uploads and their rows, read with names."""

from __future__ import annotations

from django.db.models import QuerySet

from core.accounts.models import User
from core.actor import Actor
from core.api.principals import ApiClient
from core.imports.models import ImportRun
from core.state_table import HasRight


def runs_for(user: User | ApiClient) -> QuerySet[ImportRun]:
    """The uploads that somebody may see: those of types whose right they hold."""
    raise NotImplementedError


def runs_for_actor(actor: Actor) -> QuerySet[ImportRun]:
    """The same of whoever acts; tasks see all."""
    raise NotImplementedError


def row_counts(run: ImportRun) -> dict[str, dict[str, int]]:
    """``{"outcomes": {outcome: rows}, "states": {state: rows}, "failed": rows}`` as the rows stand now.

    ``failed`` are the rows that the file of failed rows holds: in error, or failed when they were processed.
    """
    raise NotImplementedError


def may(run: ImportRun, event: str, has_right: HasRight) -> bool:
    """Whether somebody with these rights can make the move now: an event of ``RUNS``, or ``mend``."""
    raise NotImplementedError
