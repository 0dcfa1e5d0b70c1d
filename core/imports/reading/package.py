"""The ZIP package that an XLSX file is: looked at before anything is unpacked, and packed anew for the reader."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from core.imports.reading.sheet import MOST_UNPACKED, Unreadable

MOST_ENTRIES: Final = 5_000
MOST_OF_A_SMALL_PART: Final = 16 * 1024 * 1024
"""Of styles, relations and the list of sheets."""
_MOST_TIMES_PACKED: Final = 300
_RATIO_MATTERS_FROM: Final = 4 * 1024 * 1024
_PIECE: Final = 1 << 18
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_UNSAFE = re.compile(r"(^|/)\.\.(/|$)|^/|^[a-z]:|[\x00-\x1f]")
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*\?>\s*|<!--(?:(?!-->).)*-->\s*)*<[A-Za-z_]", re.DOTALL)
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OTHER_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-?8|us-ascii)""", re.IGNORECASE)


@dataclass(slots=True)
class Part:
    """One file in the package, still packed. ``size`` is as declared and is made sure of by ``pieces``."""

    packed: memoryview
    deflated: bool
    size: int
    checksum: int = 0

    def pieces(self) -> Iterator[bytes]:
        """The unpacked content, a megabyte at a time; Unreadable as soon as it is not what was declared."""
        size = checksum = 0
        for piece in self._inflated() if self.deflated else self._stored():
            size += len(piece)
            if size > self.size:
                raise damaged("one of its parts is larger than it says")
            checksum = zlib.crc32(piece, checksum)
            if size == len(piece):
                _refuse_declarations(piece)
            yield piece
        if size != self.size:
            raise damaged("one of its parts is shorter than it says")
        self.checksum = checksum

    def content(self) -> bytes:
        """All of a small part."""
        if self.size > MOST_OF_A_SMALL_PART:
            raise Unreadable(
                "too_large_unpacked",
                "The styles or the list of sheets of this workbook are larger than any real workbook needs.",
                "Copy the rows into a new workbook and upload that.",
            )
        whole = b"".join(self.pieces())
        if _DECLARATION.search(whole):
            raise declarations()
        return whole

    def _stored(self) -> Iterator[bytes]:
        for start in range(0, len(self.packed), _PIECE):
            yield bytes(self.packed[start : start + _PIECE])

    def _inflated(self) -> Iterator[bytes]:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for start in range(0, len(self.packed), _PIECE):
                rest = bytes(self.packed[start : start + _PIECE])
                while rest and not inflater.eof:
                    yield inflater.decompress(rest, _PIECE)
                    rest = inflater.unconsumed_tail
            while not inflater.eof and (last := inflater.decompress(b"", _PIECE)):
                yield last
        except zlib.error as fault:
            raise damaged("one of its parts cannot be unpacked") from fault
        if not inflater.eof:
            raise damaged("one of its parts ends too early")


def parts_of(content: bytes) -> dict[str, Part]:
    """The parts of a package by their names in small letters; Unreadable for one that no spreadsheet program writes."""
    if content.count(b"PK\x01\x02") > MOST_ENTRIES:
        raise Unreadable(
            "too_many_entries",
            f"This workbook is packed from more than {MOST_ENTRIES:,} files.",
            "Copy the rows into a new workbook and upload that.",
        )
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error) as fault:
        raise damaged("its table of contents cannot be read") from fault
    _refuse_bombs(entries)
    parts: dict[str, Part] = {}
    for entry in entries:
        name = entry.filename.replace("\\", "/").lower()
        if _UNSAFE.search(name) or "\0" in entry.orig_filename:
            raise damaged("the names of its parts lead elsewhere")
        if name in parts:
            raise damaged("two of its parts have the same name")
        parts[name] = _part(content, entry)
    return parts


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Unreadable(
            "too_large_unpacked",
            f"This workbook unpacks to more than {MOST_UNPACKED // 1024 // 1024} MB.",
            "Delete sheets and formatting that are not needed, or save the sheet as CSV and upload that.",
        )
    for entry in entries:
        if entry.file_size > max(_RATIO_MATTERS_FROM, entry.compress_size * _MOST_TIMES_PACKED):
            raise Unreadable(
                "too_large_unpacked",
                "This workbook unpacks to several hundred times its size, which no list of rows does.",
                "Copy the rows into a new workbook, or save the sheet as CSV, and upload that.",
            )


def _part(content: bytes, entry: zipfile.ZipInfo) -> Part:
    if entry.flag_bits & 0x41:
        raise Unreadable(
            "password",
            "This workbook is encrypted.",
            "Open it, take the password off, save it and upload it again.",
        )
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged("it is packed in a way that workbooks are not")
    header = content[entry.header_offset : entry.header_offset + _LOCAL.size]
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise damaged("one of its parts is not where it should be")
    *_, name_length, extra_length = _LOCAL.unpack(header)
    start = entry.header_offset + _LOCAL.size + name_length + extra_length
    packed = memoryview(content)[start : start + entry.compress_size]
    if len(packed) != entry.compress_size:
        raise damaged("one of its parts is cut off")
    return Part(packed, entry.compress_type == zipfile.ZIP_DEFLATED, entry.file_size)


def packed_anew(parts: dict[str, Part]) -> bytes:
    """A package of just these parts, whose sizes and checksums have been seen to be true."""
    bodies: list[bytes | memoryview] = []
    directory: list[bytes] = []
    offset = 0
    for name, part in parts.items():
        encoded = name.encode()
        method = zipfile.ZIP_DEFLATED if part.deflated else zipfile.ZIP_STORED
        described = (20, 0, method, 0, 0x21, part.checksum, len(part.packed), part.size, len(encoded), 0)
        bodies += [_LOCAL.pack(b"PK\x03\x04", *described), encoded, part.packed]
        directory += [_CENTRAL.pack(b"PK\x01\x02", 20, *described, 0, 0, 0, 0, offset), encoded]
        offset += _LOCAL.size + len(encoded) + len(part.packed)
    table = b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), len(table), offset, 0)
    return b"".join([*bodies, table, end])


def stored(content: bytes) -> Part:
    """A part of our own."""
    return Part(memoryview(content), deflated=False, size=len(content), checksum=zlib.crc32(content))


def deflated(pieces: Iterator[bytes]) -> Part:
    """A part of our own, packed."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed, size, checksum = [], 0, 0
    for piece in pieces:
        size += len(piece)
        checksum = zlib.crc32(piece, checksum)
        packed.append(packer.compress(piece))
    packed.append(packer.flush())
    return Part(memoryview(b"".join(packed)), deflated=True, size=size, checksum=checksum)


def _refuse_declarations(beginning: bytes) -> None:
    """A part begins with its root element: no document type, whose entities could grow or lead elsewhere."""
    if not _PROLOG.match(beginning) or _OTHER_ENCODING.match(beginning):
        raise (
            declarations()
            if _DECLARATION.search(beginning)
            else damaged("one of its parts is no XML in UTF-8")
        )


def declarations() -> Unreadable:
    """For XML with a document type."""
    return damaged("its XML declares entities, which no spreadsheet program writes")


def damaged(why: str) -> Unreadable:
    """For a workbook that cannot be right."""
    return Unreadable(
        "damaged",
        f"This workbook is damaged or was not made by a spreadsheet program: {why}.",
        "Open it in a spreadsheet program, save it as XLSX and upload it again, or save the sheet as CSV.",
    )
