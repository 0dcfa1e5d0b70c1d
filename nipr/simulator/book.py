"""What the simulator remembers of its callers: a log of requests and a book of what was charged."""

from __future__ import annotations

from collections import Counter, deque
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from nipr.simulator.faults import Call

PRICE_CENTS = {"entityinfo": 129}
KEPT = 20_000


class Book:
    """Counts are complete, the log keeps the last entries. Neither holds a query string or a body, so no SSN."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._log: deque[dict[str, Any]] = deque(maxlen=KEPT)
            self.calls: Counter[str] = Counter()
            self.charged: Counter[str] = Counter()
            self.charged_npns: Counter[str] = Counter()

    def record(self, call: Call, *, status: int, outcome: str, faults: list[str]) -> None:
        """One request. ``status`` 0 means that no answer was sent."""
        with self._lock:
            self.calls[call.operation or call.service] += 1
            self._log.append(
                {
                    "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "service": call.service,
                    "operation": call.operation,
                    "npn": call.npn,
                    "subscription": call.subscription,
                    "status": status,
                    "outcome": outcome,
                    "faults": faults,
                }
            )

    def charge(self, service: str, npn: str) -> None:
        with self._lock:
            self.charged[service] += 1
            self.charged_npns[npn] += 1

    def log(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._log)

    def as_dict(self) -> dict[str, Any]:
        with self._lock:
            charged = {
                name: {"count": count, "cents": count * PRICE_CENTS[name]}
                for name, count in self.charged.items()
            }
            return {
                "calls": dict(self.calls),
                "charged": charged,
                "cents": sum(row["cents"] for row in charged.values()),
                "charged_npns": dict(self.charged_npns),
            }
