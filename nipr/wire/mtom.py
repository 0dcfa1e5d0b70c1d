"""MTOM: a SOAP message with its attachments as ``multipart/related``.

Parts are found by Content-ID and never by Content-Type, because the registry heads its report ``Content-Type: null``.
The body is split as bytes, so attachments come out exactly as sent, whatever their line ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser

from nipr.wire.errors import DecodeError

ROOT_ID = "root.message@cxf.apache.org"
BOUNDARY = "uuid:11111111-2222-3333-4444-555555555555"
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_SNIFFED = re.compile(rb"\s*--([^\s]{1,200})[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Multipart:
    """The SOAP message and what it refers to, by bare Content-ID (no angle brackets)."""

    root: bytes
    parts: Mapping[str, bytes] = field(default_factory=dict)


def decode(body: bytes, content_type: str = "") -> Multipart:
    """Take a reply apart. A body that is not multipart is all root."""
    boundary, start = _parameters(content_type)
    if not boundary and (sniffed := _SNIFFED.match(body)):
        boundary = sniffed[1].decode("latin-1")
    if not boundary:
        return Multipart(root=body)
    parts = [_part(raw) for raw in _split(body, boundary.encode("latin-1"))]
    if not parts:
        raise DecodeError("The multipart reply holds no part.")
    names = [name for name, _ in parts]
    root = names.index(start) if start in names else 0
    attachments = {
        name or f"part-{index}": content for index, (name, content) in enumerate(parts) if index != root
    }
    return Multipart(root=parts[root][1], parts=attachments)


def encode(
    root: bytes, parts: Mapping[str, bytes] | None = None, *, boundary: str = BOUNDARY
) -> tuple[str, bytes]:
    """``(Content-Type, body)`` of a reply as the registry sends it."""
    content_type = (
        f'multipart/related; type="application/xop+xml"; boundary="{boundary}"; '
        f'start="<{ROOT_ID}>"; start-info="text/xml"'
    )
    delimiter = b"--" + boundary.encode()
    chunks = [_head(delimiter, 'application/xop+xml; charset=UTF-8; type="text/xml"', ROOT_ID), root]
    for name, content in (parts or {}).items():
        chunks += [b"\r\n", _head(delimiter, "null", name), content]
    return content_type, b"".join([*chunks, b"\r\n", delimiter, b"--\r\n"])


def _head(delimiter: bytes, content_type: str, content_id: str) -> bytes:
    lines = [
        f"Content-Type: {content_type}",
        "Content-Transfer-Encoding: binary",
        f"Content-ID: <{content_id}>",
    ]
    return b"\r\n".join([delimiter, *(line.encode() for line in lines), b"", b""])


def _parameters(content_type: str) -> tuple[str, str]:
    """The boundary and the bare id of the root part, of a multipart Content-Type."""
    if not content_type.lower().lstrip().startswith("multipart/"):
        return "", ""
    message = Message()
    message["Content-Type"] = content_type
    return str(message.get_param("boundary", "")), bare_id(str(message.get_param("start", "")))


def bare_id(content_id: str) -> str:
    """A Content-ID with or without brackets or ``cid:``, without them."""
    return content_id.strip().removeprefix("cid:").strip("<>")


def _split(body: bytes, boundary: bytes) -> list[bytes]:
    """The raw parts between delimiters; a missing closing delimiter is a truncated reply."""
    pieces = re.split(rb"(?:\A|\r?\n)--" + re.escape(boundary), body)[1:]
    if not pieces or not pieces[-1].startswith(b"--"):
        raise DecodeError("The multipart reply is truncated: its closing boundary is missing.")
    return [piece.lstrip(b" \t").removeprefix(b"\r").removeprefix(b"\n") for piece in pieces[:-1]]


def _part(raw: bytes) -> tuple[str, bytes]:
    if raw.startswith((b"\n", b"\r\n")):
        return "", raw.lstrip(b"\r\n")
    head, separator, content = _cut(raw)
    if not separator:
        raise DecodeError("A part of the multipart reply has no end of its headers.")
    headers = BytesHeaderParser().parsebytes(head)
    return bare_id(headers.get("Content-ID", "")), content


def _cut(raw: bytes) -> tuple[bytes, bytes, bytes]:
    match = _BLANK_LINE.search(raw)
    if match is None:
        return raw, b"", b""
    return raw[: match.start()], match[0], raw[match.end() :]
