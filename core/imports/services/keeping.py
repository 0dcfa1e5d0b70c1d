"""Uploads whose job died, and files that have been kept long enough."""

from __future__ import annotations

from core.imports.models import ImportRun


def settle_dead(run: ImportRun) -> ImportRun:
    """Give up a run whose job is over although the run still says it is at work: it is failed, and can go on."""
    raise NotImplementedError


def prune() -> dict[str, int]:
    """Delete files, and what is left of secrets, of uploads whose day has come. For the job ``imports.prune``."""
    raise NotImplementedError
