"""A small HTTP server over a real socket that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    port: int


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    content_type: str | None = "text/xml"
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0
    """Seconds between single bytes of the body."""
    drip_headers: bool = False
    delay: float = 0.0
    drop: str = ""
    """``before`` answering, or ``within`` the body."""


class FarSide:
    """Answers are taken from ``answers`` in order, the last one again and again."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: list[Answer | Callable[[Asked], Answer]] = [Answer()]
        self._lock = threading.Lock()
        far_side = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                far_side._serve(self)

            def do_POST(self) -> None:
                far_side._serve(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, *answers: Answer | Callable[[Asked], Answer]) -> None:
        self.answers = list(answers)

    def _next(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, Answer) else answer(asked)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        answer = self._next(
            Asked(handler.command, parts.path, query, headers, body, handler.client_address[1])
        )
        time.sleep(answer.delay)
        try:
            self._reply(handler, answer)
        except OSError:
            handler.close_connection = True

    def _reply(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        handler.close_connection = bool(answer.drop)
        if answer.drop == "before":
            return
        if answer.drip_headers:
            _drip(handler, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000, 0.05)
            return
        handler.send_response(answer.status)
        if answer.content_type:
            handler.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        if answer.drip:
            _drip(handler, answer.body, answer.drip)
        else:
            handler.wfile.write(answer.body[: len(answer.body) // 2] if answer.drop else answer.body)


def _drip(handler: BaseHTTPRequestHandler, data: bytes, seconds: float) -> None:
    for byte in data:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(seconds)


@contextmanager
def running() -> Iterator[FarSide]:
    far_side = FarSide()
    thread = threading.Thread(
        target=far_side.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield far_side
    finally:
        far_side.server.shutdown()
        far_side.server.server_close()
        thread.join()
