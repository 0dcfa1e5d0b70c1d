"""The recorded documents, and a server that answers with one of them whatever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from lxml import etree

DOCUMENTS = Path(__file__).parent / "documents"
XML = "text/xml; charset=UTF-8"


def recorded(name: str) -> bytes:
    return (DOCUMENTS / name).read_bytes()


def canonical(document: bytes, *, without: tuple[str, ...] = ()) -> str:
    """The document without what does not count: declaration, indentation, order of attributes, and what is named."""
    root = etree.fromstring(document, etree.XMLParser(remove_blank_text=True, remove_comments=True))
    for element in [found for tag in without for found in root.iter(tag)]:
        element.getparent().remove(element)
    etree.indent(root)
    return etree.tostring(root, method="c14n").decode()


@contextmanager
def answering(body: bytes, content_type: str = XML, status: int = 200) -> Iterator[str]:
    """The address of a server that gives this one answer."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
