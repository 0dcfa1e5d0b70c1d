"""Where every call to the registry goes through: opened in the ledger, sent, closed with its outcome."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self, TypeVar

import structlog

from nipr.config import RegistryConfig
from nipr.errors import ErrorKind, RegistryError, RegistryTimeout
from nipr.exchange import Exchange, Reply, Request, Tally
from nipr.ledger import CallNote, CostLedger, Outcome

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """A call on its way: its ledger entry, and what is needed to close it."""

    operation: str
    npn: str
    price_cents: int
    entry: int
    tally: Tally
    started: float


class Calls:
    """A client's connections and its ledger."""

    def __init__(self, config: RegistryConfig, ledger: CostLedger, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._ledger = ledger
        self._clock = clock
        self._exchange = Exchange(config)
        self._postal = Exchange(config, keep=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._exchange.close()
        self._postal.close()

    def _call(
        self,
        operation: str,
        request: Request,
        read: Callable[[Reply], T],
        *,
        npn: str = "",
        paid: bool = False,
        timeout: float | None = None,
        kept: bool = True,
    ) -> T:
        call = self._open(operation, request.service, npn=npn, paid=paid)
        outcome = Outcome.UNKNOWN
        try:
            exchange = self._exchange if kept else self._postal
            result = exchange.run(request, read, call.tally, timeout=timeout)
            outcome = Outcome.ANSWERED
        except RegistryError as error:
            outcome = outcome_of(error)
            raise
        finally:
            self._close(call, outcome)
        return result

    def _open(self, operation: str, service: str, *, npn: str, paid: bool) -> Call:
        at = self._clock()
        price = self._config.lookup_price(at.date()) if paid else 0
        entry = self._ledger.open(CallNote(service, operation, at, npn=npn, price_cents=price))
        return Call(operation, npn, price, entry, Tally(), time.monotonic())

    def _close(self, call: Call, outcome: Outcome) -> None:
        milliseconds = round((time.monotonic() - call.started) * 1000)
        self._ledger.close(
            call.entry,
            outcome=outcome,
            price_cents=call.price_cents * call.tally.billable,
            attempts=call.tally.attempts,
            duration_ms=milliseconds,
        )
        log.info(
            "registry_call",
            operation=call.operation,
            npn=call.npn,
            outcome=outcome.value,
            attempts=call.tally.attempts,
            duration_ms=milliseconds,
        )


def outcome_of(error: RegistryError) -> Outcome:
    """How the ledger puts down a call that failed."""
    if error.outcome_unknown or isinstance(error, RegistryTimeout):
        return Outcome.UNKNOWN
    return Outcome.REFUSED if error.kind is ErrorKind.FIX_DATA else Outcome.FAILED
