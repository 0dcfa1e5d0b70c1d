"""The registry as the gateway talks to it, and what its refusals of us mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from appointments.gateway import state
from core import clock
from nipr.client import RegistryClient
from nipr.config import RegistryConfig
from nipr.ledger import DatabaseLedger, asking

UNAUTHORISED = (401, 403)
"""Refused at the door: the document was not looked at."""


@contextmanager
def registry() -> Iterator[RegistryClient]:
    """The registry's client. Every call stands in the ledger of calls before it leaves."""
    config = RegistryConfig.from_settings()
    with (
        asking("Gateway", "Submitting transactions and asking about them"),
        RegistryClient(config, DatabaseLedger(), clock=clock.now) as client,
    ):
        yield client


def refused_at_the_door() -> None:
    """Stop until a person has mended our name and password: each further try would be refused as well."""
    why = "NIPR refuses our name and password. Mend NIPR_USERNAME and NIPR_PASSWORD, then resume."
    state.pause(why, state.GATEWAY)
