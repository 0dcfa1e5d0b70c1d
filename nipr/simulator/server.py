"""The simulator on a socket: HTTP/1.1 with kept connections, a thread for each."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from nipr.simulator.app import Application, Credentials
from nipr.simulator.clock import Clock
from nipr.simulator.http import DroppedConnection, Request, Response, refusal
from nipr.simulator.population import build
from nipr.simulator.registry import Registry

MOST_BODY = 16 * 1024 * 1024
DRIP_PIECES = 20


class Handler(BaseHTTPRequestHandler):
    """Turns HTTP into :class:`Request` and :class:`Response` into HTTP."""

    protocol_version = "HTTP/1.1"
    server_version = "RegistrySimulator"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60
    server: SimulatorServer

    def _handle(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        measured = length.isdigit() and "Transfer-Encoding" not in self.headers
        if not measured or int(length) > MOST_BODY:
            self.close_connection = True
            self._send(refusal("The request is too large, or does not say how long it is.", 413))
            return
        body = self.rfile.read(int(length))
        request = Request(
            self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body
        )
        try:
            self._send(self.server.application.handle(request))
        except DroppedConnection:
            self._drop()

    do_GET = do_POST = do_DELETE = _handle  # noqa: N815  the names the base class looks for

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        for name, value in response.headers:
            self.send_header(name, value)
        if response.chunks is None:
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self._write(response)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in response.chunks:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")

    def _write(self, response: Response) -> None:
        if response.cut:
            self.wfile.write(response.body[: len(response.body) // 2])
            self.wfile.flush()
            raise DroppedConnection
        if not response.drip_seconds:
            self.wfile.write(response.body)
            return
        for piece in _pieces(response.body):
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(response.drip_seconds / DRIP_PIECES)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Nothing on stderr: the log is kept, without query strings, at ``/_simulator/log``."""


def _pieces(body: bytes) -> Iterator[bytes]:
    size = max(1, len(body) // DRIP_PIECES)
    return (body[start : start + size] for start in range(0, len(body), size))


class SimulatorServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], application: Application) -> None:
        self.application = application
        super().__init__(address, Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is daily business; anything else is shown."""
        import sys

        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    @property
    def base_url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"


def make_server(
    *,
    host: str = "127.0.0.1",
    port: int = 8100,
    producers: int = 2000,
    seed: int = 7,
    start_date: date | None = None,
    username: str = "simulator",
    password: str = "simulator",  # noqa: S107  an invented registry's
    large_firm_appointments: int = 0,
) -> SimulatorServer:
    """A server ready to run. Without a start date its calendar goes with the real one."""
    clock = Clock(start_date)
    population = build(producers, seed, clock.start, large_firm_appointments=large_firm_appointments)
    application = Application(Registry(population, clock), Credentials(username, password))
    return SimulatorServer((host, port), application)
