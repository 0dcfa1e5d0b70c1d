"""A running simulator for tests: ``with running_simulator(producers=50) as simulator: ...``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Thread
from typing import Any

from nipr.simulator.book import Book
from nipr.simulator.faults import Fault, FaultKind
from nipr.simulator.gateway import GatewayDesk
from nipr.simulator.registry import Registry
from nipr.simulator.server import SimulatorServer, make_server
from nipr.wire.messages import EntityReport

START = date(2026, 3, 2)
"""A Monday."""


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    """A simulator on a socket, with its inside at hand."""

    server: SimulatorServer
    username: str
    password: str

    @property
    def base_url(self) -> str:
        """Use it as ``NIPR_URL_TEMPLATE``: one host for all services."""
        return self.server.base_url

    @property
    def registry(self) -> Registry:
        return self.server.application.registry

    @property
    def book(self) -> Book:
        return self.registry.book

    @property
    def gateway(self) -> GatewayDesk:
        """The gateway's policy, its book, and the right to decide."""
        return self.server.application.gateway

    @property
    def today(self) -> date:
        return self.registry.today

    @property
    def npns(self) -> list[str]:
        """Every NPN, the two documented samples first."""
        return list(self.registry.population.npns())

    def report(self, npn: str, on: date | None = None) -> EntityReport:
        """The truth: what a correct client must have understood today, or as of the end of an earlier day."""
        return self.registry.history(npn).at(on or self.today)

    def move(self, days: int = 1) -> date:
        return self.registry.clock.move(days)

    def move_to(self, day: date) -> date:
        return self.registry.clock.move_to(day)

    def happen(self, npn: str, event: str, state: str = "", **details: Any) -> None:
        """Make something happen to an entity today; see :class:`~nipr.simulator.scene.EventKind`."""
        self.registry.post({"npn": npn, "event": event, "state": state, **details})

    def fault(self, kind: str, *, times: int | None = 1, **match: Any) -> Fault:
        """``fault("drop_after", npn="88000002")``; also ``service``, ``operation``, ``probability``, ``seconds``, ``status``."""  # noqa: E501
        return self.registry.faults.add(Fault(FaultKind(kind), times, **match))


@contextmanager
def running_simulator(
    *, producers: int = 50, seed: int = 7, start_date: date | None = START, port: int = 0, **options: Any
) -> Iterator[RunningSimulator]:
    """A simulator in a thread of this process, on a free port, closed on the way out."""
    server = make_server(producers=producers, seed=seed, start_date=start_date, port=port, **options)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    credentials = server.application.credentials
    try:
        yield RunningSimulator(server, credentials.username, credentials.password)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
