"""One deadline for a whole HTTP exchange.

An HTTP library's timeouts count each wait for the socket anew, so a server that drips a byte a second is never late.
Here every wait on the network is cut to what is left of the call's own deadline.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx

_deadline: ContextVar[float] = ContextVar("nipr_deadline")


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """All network waits within end at ``deadline`` (of :func:`time.monotonic`) at the latest."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def _left(timeout: float | None) -> float:
    """The shorter of a wait's own timeout and what is left; nothing left is a timeout."""
    left = _deadline.get(float("inf")) - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("The deadline of the call has passed.")
    return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection whose waits keep the deadline of whoever is using it just now."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=_left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout=_left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens connections that keep the deadline."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._backend.connect_tcp(host, port, _left(timeout), local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


@cache
def _trust() -> ssl.SSLContext:
    """Whom TLS trusts. Reading the certificates takes longer than many a call, so it is done once."""
    return httpx.create_ssl_context()


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's own transport over a connection pool that keeps deadlines.

    ``keep`` false opens a connection for each request: one that was kept may have died unnoticed, and then nobody
    knows whether what was written into it arrived.
    """

    def __init__(self, *, max_connections: int, keep: bool = True) -> None:
        super().__init__(verify=_trust())
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trust(),
            max_connections=max_connections,
            max_keepalive_connections=max_connections if keep else 0,
            keepalive_expiry=30.0,
            network_backend=_Backend(),
        )
