"""Faults on demand: what to do wrong, how often, and to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from threading import Lock
from typing import Any


class FaultKind(StrEnum):
    LATENCY = "latency"
    """Wait ``seconds`` before answering."""
    DRIP = "drip"
    """Spread the answer over ``seconds``, a few bytes at a time."""
    SERVER_ERROR = "server_error"
    """Answer with ``status`` (503) and change nothing."""
    DROP_BEFORE = "drop_before"
    """Close the connection without doing anything."""
    DROP_AFTER = "drop_after"
    """Do what was asked (and charge for it), then close the connection without an answer."""
    DROP_MIDWAY = "drop_midway"
    """Do what was asked, close the connection in the middle of the answer."""
    MALFORMED_XML = "malformed_xml"
    TRUNCATED_XML = "truncated_xml"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    HTML_LOGIN = "html_login"
    """Answer 200 with a login page, as a gateway in between would."""
    WRONG_PASSWORD = "wrong_password"  # noqa: S105  a kind of fault
    UNKNOWN_NPN = "unknown_npn"
    WRONG_NPN = "wrong_npn"
    """Answer with another entity's document."""
    REPORT_NOT_READY = "report_not_ready"
    NO_ALERTS = "no_alerts"
    INLINE_REPORT = "inline_report"
    """No fault but a freedom: the alerts report as base64 inside a plain SOAP message, as the WSDL has it."""
    ERROR_AFTER = "error_after"
    """Do what was asked (and charge for it), then answer with ``status`` (503)."""
    WRONG_REFERENCE = "wrong_reference"
    """Answer each transaction of a gateway document with another transaction's key."""
    HALF_TAKEN = "half_taken"
    """Take the first half of a gateway document, then close the connection without an answer."""
    UNKNOWN_SUBSCRIPTION = "unknown_subscription"
    """As right after a subscription was made, when the registry does not see it yet."""


class BadFault(ValueError):
    """A fault that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as far as faults, log and book need to know it."""

    service: str
    operation: str = ""
    npn: str = ""
    subscription: str = ""


@dataclass(slots=True)
class Fault:
    kind: FaultKind
    times: int | None = 1
    """How often it still happens; ``None`` is always."""
    service: str = ""
    operation: str = ""
    npn: str = ""
    probability: float = 1.0
    seconds: float = 1.0
    status: int = 503

    def concerns(self, call: Call) -> bool:
        return (
            self.service in {"", call.service}
            and self.operation in {"", call.operation}
            and self.npn in {"", call.npn}
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "fault": self.kind.value,
            "times": self.times,
            "match": {"service": self.service, "operation": self.operation, "npn": self.npn},
            "probability": self.probability,
            "seconds": self.seconds,
            "status": self.status,
        }


Struck = Mapping[FaultKind, Fault]
"""The faults that happen to one call."""


def fault_from(data: Mapping[str, Any]) -> Fault:
    """``{"fault", "times", "match": {"service", "operation", "npn"}, "probability", "seconds", "status"}``."""
    match = data.get("match") or {}
    try:
        times = data.get("times", 1)
        return Fault(
            kind=FaultKind(data["fault"]),
            times=None if times is None else int(times),
            service=str(match.get("service", "")),
            operation=str(match.get("operation", "")),
            npn=str(match.get("npn", "")),
            probability=float(data.get("probability", 1.0)),
            seconds=float(data.get("seconds", 1.0)),
            status=int(data.get("status", 503)),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise BadFault(f"Not a fault: {error}. Known faults: {', '.join(FaultKind)}.") from error


class Faults:
    """The faults waiting to happen."""

    def __init__(self, seed: int) -> None:
        self._lock = Lock()
        self._waiting: list[Fault] = []
        self._seed = seed
        self._dice = Random(seed)  # noqa: S311  chaos that can be repeated

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()
            self._dice.seed(self._seed)

    def waiting(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.as_dict() for fault in self._waiting]

    def take(self, call: Call) -> Struck:
        """The faults that happen to this call, each counted down."""
        with self._lock:
            struck = [fault for fault in self._waiting if fault.concerns(call) and self._strikes(fault)]
            for fault in struck:
                if fault.times is not None:
                    fault.times -= 1
            self._waiting = [fault for fault in self._waiting if fault.times != 0]
        return {fault.kind: fault for fault in struck}

    def _strikes(self, fault: Fault) -> bool:
        return fault.probability >= 1.0 or self._dice.random() < fault.probability
