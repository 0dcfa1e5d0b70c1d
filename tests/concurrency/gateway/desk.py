"""The simulated gateway without a socket, told for each post what is to go wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from nipr.errors import NotSent, RegistryUnavailable
from nipr.gateway import GatewayPost
from nipr.simulator.clock import Clock
from nipr.simulator.gateway import GatewayDesk
from nipr.simulator.population import build
from nipr.simulator.registry import Registry
from nipr.wire.gateway.requests import read_document

FAULTS = ("", "not sent", "lost before", "lost after", "503 before", "503 after", "garbage", "half taken")
START = date(2026, 3, 2)


class Desk:
    """What ``far_side.registry`` yields. ``faults`` befall the next posts, one each; questions are spared."""

    def __init__(self) -> None:
        self.gateway = GatewayDesk(Registry(build(5, 7, START), Clock(START)))
        self.gateway.configure(any_npn=True)
        self.faults: list[str] = []
        self.posts = 0

    @contextmanager
    def registry(self) -> Iterator[Desk]:
        yield self

    def post_gateway(self, body: bytes, *, realtime: bool = False, timeout: float) -> GatewayPost:
        posted = read_document(body)
        if all(one.is_question for one in posted):
            return GatewayPost(200, self.gateway.take(posted))
        self.posts += 1
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "not sent":
            raise NotSent("Refused.")
        if fault == "lost before":
            raise RegistryUnavailable("Reset.", outcome_unknown=True)
        if fault == "503 before":
            return GatewayPost(503, b"")
        reply = self.gateway.take(posted[: (len(posted) + 1) // 2] if fault == "half taken" else posted)
        if fault in ("lost after", "half taken"):
            raise RegistryUnavailable("Reset.", outcome_unknown=True)
        if fault == "503 after":
            return GatewayPost(503, b"")
        return GatewayPost(200, reply[:50] if fault == "garbage" else reply)
