"""Files that are neither CSV nor XLSX, told by how they begin, each with what to do about it."""

from __future__ import annotations

import re
from typing import Final

from core.imports.reading.sheet import Unreadable

_SAVE_AS: Final = "Open it in a spreadsheet program, save it as XLSX or as “CSV UTF-8”, and upload that."
_PICK: Final = "Choose the CSV or XLSX file with the rows."
_SAMPLE: Final = 65_536
_CONTROLS: Final = bytes(set(range(0x20)) - set(b"\t\n\x0b\x0c\r\x1b"))
_CONTROLS_IN_TEXT: Final = 0.04
_FEW_CONTROLS: Final = 3
"""A stray one in a short file is no proof."""
_NULS_OF_UTF16: Final = 0.3

#: How it begins, its code, what it is, what to do.
_BINARY: Final = (
    (b"%PDF-", "pdf", "This is a PDF document.", "Ask for the table behind it as CSV or XLSX."),
    (b"\x89PNG", "image", "This is a picture.", _PICK),
    (b"\xff\xd8\xff", "image", "This is a picture.", _PICK),
    (b"GIF8", "image", "This is a picture.", _PICK),
    (b"II*\0", "image", "This is a picture.", _PICK),
    (b"MM\0*", "image", "This is a picture.", _PICK),
    (b"\x1f\x8b", "compressed", "This file is compressed (gzip).", "Unpack it and upload what is inside."),
    (
        b"7z\xbc\xaf\x27\x1c",
        "compressed",
        "This file is compressed (7z).",
        "Unpack it and upload what is inside.",
    ),
    (b"Rar!\x1a", "compressed", "This file is compressed (RAR).", "Unpack it and upload what is inside."),
    (b"\xfd7zXZ", "compressed", "This file is compressed (xz).", "Unpack it and upload what is inside."),
    (b"BZh91AY", "compressed", "This file is compressed (bzip2).", "Unpack it and upload what is inside."),
    (b"PK\x05\x06", "compressed", "This ZIP archive is empty.", _PICK),
    (b"PK\x07\x08", "compressed", "This is a part of a split ZIP archive.", _PICK),
    (b"{\\rtf", "document", "This is a text document (RTF).", _SAVE_AS),
    (b"SQLite format 3", "database", "This is a database file.", "Export the table as CSV and upload that."),
    (b"PAR1", "database", "This is a Parquet file.", "Export the table as CSV and upload that."),
    (b"\x7fELF", "program", "This is a program.", _PICK),
)
_OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_UTF16_32: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style)\b", re.IGNORECASE)
_XML = re.compile(rb"<[?!a-z]", re.IGNORECASE)
_JSON = re.compile(rb"\{\s*[\"}]|\[\s*[\[{\"\]]")


def refuse_foreign(content: bytes) -> None:
    """Raise Unreadable unless the content may be a CSV file in an encoding of one byte a letter or UTF-8."""
    for beginning, code, what, fix in _BINARY:
        if content.startswith(beginning):
            raise Unreadable(code, what, fix)
    if content.startswith(_OLE2):
        raise _old_workbook(content)
    _refuse_wide(content)
    _refuse_binary(content)
    _refuse_markup(content[:_SAMPLE].removeprefix(b"\xef\xbb\xbf").lstrip())


def _old_workbook(content: bytes) -> Unreadable:
    if _ENCRYPTED_PACKAGE in content:
        return Unreadable(
            "password",
            "This workbook is protected by a password.",
            "Open it, take the password off (File, Info, Protect Workbook), save it and upload it again.",
        )
    return Unreadable(
        "xls", "This is a file of an old Office version (.xls).", "Open it, save it as XLSX and upload that."
    )


def _refuse_wide(content: bytes) -> None:
    sample = content[:4096]
    if content.startswith(_UTF16_32) or sample.count(0) >= len(sample) * _NULS_OF_UTF16:
        if not content.startswith(_UTF16_32) and _controls(sample.replace(b"\0", b"")) > _CONTROLS_IN_TEXT:
            raise _binary()
        raise Unreadable("utf16", "This file is in the encoding UTF-16 or UTF-32 (“Unicode text”).", _SAVE_AS)


def _refuse_binary(content: bytes) -> None:
    if _controls(content[:_SAMPLE]) > _CONTROLS_IN_TEXT:
        raise _binary()
    found = content.find(0)
    if found >= 0:
        raise Unreadable(
            "nul",
            f"Line {line_of(content, found):,} holds a NUL character, which no text has.",
            "The file may be damaged. Export it again, or " + _SAVE_AS[0].lower() + _SAVE_AS[1:],
        )


def _controls(sample: bytes) -> float:
    """The share of characters that no text has."""
    count = len(sample) - len(sample.translate(None, _CONTROLS))
    return count / len(sample) if count > _FEW_CONTROLS else 0.0


def _binary() -> Unreadable:
    return Unreadable("binary", "This is no text and no XLSX workbook, whatever its name says.", _PICK)


def _refuse_markup(beginning: bytes) -> None:
    if _HTML.match(beginning):
        raise Unreadable("html", "This is a web page, even where its name ends in .csv or .xls.", _SAVE_AS)
    if _XML.match(beginning):
        raise Unreadable("xml", "This is an XML document.", _SAVE_AS)
    if _JSON.match(beginning):
        raise Unreadable("json", "This is JSON.", "Upload the rows as CSV or XLSX, or send them to the API.")


def line_of(content: bytes, position: int) -> int:
    """The line, counted from 1, that the byte stands in."""
    return len(re.findall(rb"\r\n|\r|\n", content[:position])) + 1
