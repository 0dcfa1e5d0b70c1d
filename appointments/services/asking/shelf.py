"""A plan as it is kept: each request packed by itself, so that any of ten thousand is read without the others.

The first request packed is the dictionary of all that follow, which makes them ten times smaller than alone.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Container, Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

_HEAD = struct.Struct("!I")
_RECORD = struct.Struct("!II")
_LONGEST_DICTIONARY = 32_000


def add(shelf: bytes | memoryview | None, requests: Iterable[dict[str, Any]]) -> bytes:
    """The plan with more requests on it."""
    texts = [(each["index"], _text(each)) for each in requests]
    whole = bytes(shelf or b"")
    if not whole:
        words = texts[0][1][:_LONGEST_DICTIONARY] if texts else b""
        whole = _HEAD.pack(len(words)) + words
    words = _words(whole)
    pieces = [whole]
    for index, text in texts:
        packed = _pack(text, words)
        pieces += (_RECORD.pack(index, len(packed)), packed)
    return b"".join(pieces)


def read(shelf: bytes | memoryview | None, only: Container[int] | None = None) -> Iterator[dict[str, Any]]:
    """The requests in the order of their index; ``only`` some of them, without unpacking the others."""
    if not shelf:
        return
    whole = bytes(shelf)
    words = _words(whole)
    for index, start, end in sorted(_places(whole, _HEAD.size + len(words))):
        if only is None or index in only:
            yield json.loads(_unpack(whole[start:end], words))


def _places(whole: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    while start < len(whole):
        index, length = _RECORD.unpack_from(whole, start)
        start += _RECORD.size
        yield index, start, start + length
        start += length


def _words(shelf: bytes) -> bytes:
    (length,) = _HEAD.unpack_from(shelf)
    return shelf[_HEAD.size : _HEAD.size + length]


def _text(request: dict[str, Any]) -> bytes:
    return json.dumps(request, cls=DjangoJSONEncoder, separators=(",", ":")).encode()


def _pack(text: bytes, words: bytes) -> bytes:
    packer = zlib.compressobj(6, zdict=words) if words else zlib.compressobj(6)
    return packer.compress(text) + packer.flush()


def _unpack(packed: bytes, words: bytes) -> bytes:
    unpacker = zlib.decompressobj(zdict=words) if words else zlib.decompressobj()
    return unpacker.decompress(packed) + unpacker.flush()
