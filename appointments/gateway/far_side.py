"""The registry as the gateway talks to it, and what its refusals of us mean."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from appointments.gateway import state
from core import clock
from nipr.client import RegistryClient
from nipr.config import RegistryConfig
from nipr.ledger import DatabaseLedger, asking

UNAUTHORISED = (401, 403)
"""Refused at the door: the document was not looked at."""

_clients: dict[tuple[RegistryConfig, int], RegistryClient] = {}
_guard = Lock()


@contextmanager
def registry() -> Iterator[RegistryClient]:
    """The registry's client, one for each process. Every call stands in the ledger of calls before it leaves."""
    with asking("Gateway", "Submitting transactions and asking about them"):
        yield _client()


def _client() -> RegistryClient:
    """Making one takes longer than most calls; it is made anew when the configuration changes, and after a fork."""
    key = RegistryConfig.from_settings(), os.getpid()
    with _guard:
        if key not in _clients:
            _clients.clear()
            _clients[key] = RegistryClient(key[0], DatabaseLedger(), clock=clock.now)
        return _clients[key]


def refused_at_the_door() -> None:
    """Stop until a person has mended our name and password: each further try would be refused as well."""
    why = "NIPR refuses our name and password. Mend NIPR_USERNAME and NIPR_PASSWORD, then resume."
    state.pause(why, state.GATEWAY)
