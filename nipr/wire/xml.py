"""XML that comes from outside: no DTD, no entities, no network, bounded in depth and size.

Two ways in: :func:`parse` for small documents, :func:`records` for documents that may be large, which hands out
elements as they end and lets the caller forget them. Both go through the same gate (:class:`_Gate`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, BinaryIO, TypeAlias, cast

from lxml import etree

from nipr.wire.errors import DecodeError, NotXml, UnsafeXml

Element: TypeAlias = etree._Element

MAX_BYTES = 512 * 1024 * 1024
MAX_TREE_BYTES = 64 * 1024 * 1024
MAX_RUN = 64 * 1024
"""Bytes without any ``<``: no tag, attribute list or text of these services comes near it."""
MAX_ATTRIBUTES = 100
TREE_BYTES = 2 * 1024 * 1024
CHUNK = 256 * 1024

_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = frozenset({"utf-8", "utf8", "iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252"})


def _options(*, huge: bool = False) -> dict[str, Any]:
    return {
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        "remove_comments": True,
        "remove_pis": True,
        "remove_blank_text": True,
        "collect_ids": False,
        "huge_tree": huge,
    }


class _Gate:
    """Looks at the bytes before the parser does, a chunk at a time, and counts them."""

    def __init__(self, limit: int, *, long_text: bool = False) -> None:
        self._limit = limit
        self._long_text = long_text
        self._seen = 0
        self._run = 0

    def admit(self, chunk: bytes) -> bytes:
        """The chunk itself, or an error before the parser has spent anything on it."""
        if not self._seen:
            _check_prolog(chunk)
        self._seen += len(chunk)
        if self._seen > self._limit:
            raise UnsafeXml(f"The document is larger than {self._limit // 2**20} MB.")
        if not self._long_text:
            self._check_runs(chunk)
        return chunk

    def _check_runs(self, chunk: bytes) -> None:
        """Find a stretch without ``<`` in a few memchr calls, not by looking at every byte in Python."""
        start, end = -self._run, len(chunk)
        while end - start > MAX_RUN:
            found = chunk.rfind(b"<", max(start, 0), start + MAX_RUN)
            if found < 0:
                raise UnsafeXml(f"The document holds a tag or a text of more than {MAX_RUN // 1024} KB.")
            start = found + 1
        last = chunk.rfind(b"<", max(start, 0))
        self._run = end - (last + 1 if last >= 0 else start)


def _check_prolog(head: bytes) -> None:
    """Refuse what is not XML in an expected encoding, and every DOCTYPE, by its first bytes."""
    if not head.strip():
        raise NotXml("The reply is empty.")
    match = _PROLOG.match(head[:MAX_RUN])
    start = head[match.end() : match.end() + 16] if match else b""
    if start[:9].upper() == b"<!DOCTYPE":
        if b"html" in head[: MAX_RUN // 16].lower():
            raise NotXml("The reply is an HTML page, not a registry document.")
        raise UnsafeXml("The document brings a DTD, which is refused.")
    if not re.match(rb"<[A-Za-z_]", start):
        raise NotXml("The reply is not an XML document.")
    declared = _ENCODING.match(head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200])
    if declared and declared[1].decode().lower() not in _ENCODINGS:
        raise DecodeError(f"The document's encoding {declared[1].decode()} is not supported.")


def _syntax_error(error: etree.XMLSyntaxError) -> DecodeError:
    """Say what kind of broken it is. The parser's text names tags and lines only."""
    text = str(error)
    if "depth" in text.lower() or "huge" in text.lower():
        return UnsafeXml(f"The document goes beyond a limit of the parser: {text[:200]}")
    return NotXml(f"The document is truncated or not well-formed: {text[:200]}")


def parse(data: bytes, *, long_text: bool = False) -> Element:
    """The root of a small document. ``long_text`` allows one very long text (an inline report)."""
    _Gate(MAX_TREE_BYTES, long_text=long_text).admit(data)
    try:
        root = etree.fromstring(data.lstrip(), etree.XMLParser(**_options(huge=long_text)))
    except etree.XMLSyntaxError as error:
        raise _syntax_error(error) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnsafeXml("The document brings a DTD, which is refused.")
    if long_text and any(len(element.attrib) > MAX_ATTRIBUTES for element in root.iter()):
        raise UnsafeXml("The document holds an element with too many attributes.")
    return root


class records(Iterable[Element]):  # noqa: N801 - used like a function
    """The elements named ``tags`` of a document, in its order: small documents as a tree, large ones as a stream.

    While ``streaming``, the caller clears what it has read, so that the document need not fit in memory. After the
    loop, ``root`` is the outermost element.
    """

    root: Element
    streaming = False

    def __init__(self, source: bytes | BinaryIO, tags: tuple[str, ...]) -> None:
        self._source = BytesIO(source) if isinstance(source, bytes) else source
        self._tags = tags

    def __iter__(self) -> Iterator[Element]:
        gate = _Gate(MAX_BYTES)
        head = self._source.read(TREE_BYTES)
        self.streaming = len(head) == TREE_BYTES
        chunk = gate.admit(head.lstrip())
        return self._stream(chunk, gate) if self.streaming else self._tree(chunk)

    def _tree(self, document: bytes) -> Iterator[Element]:
        try:
            self.root = etree.fromstring(document, etree.XMLParser(**_options()))
        except etree.XMLSyntaxError as error:
            raise _syntax_error(error) from None
        return self.root.iter(*self._tags)

    def _stream(self, chunk: bytes, gate: _Gate) -> Iterator[Element]:
        parser = etree.XMLPullParser(("end",), tag=self._tags, **_options())
        try:
            while chunk:
                parser.feed(chunk)
                for _, element in cast("Iterator[tuple[str, Element]]", parser.read_events()):
                    yield element
                chunk = gate.admit(self._source.read(CHUNK))
            self.root = parser.close()
        except etree.XMLSyntaxError as error:
            raise _syntax_error(error) from None


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return etree.QName(element).localname


def add(parent: Element, tag: str, text: str | None = None, /, **attributes: str) -> Element:
    """Append a child; an empty text makes an empty element, which is how these services say *absent*."""
    child = etree.SubElement(parent, tag, attributes)
    if text:
        child.text = text
    return child


def serialize(root: Element, *, indented: bool = False) -> bytes:
    """The document's bytes with a declaration, UTF-8."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=indented)
