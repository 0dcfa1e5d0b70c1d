from __future__ import annotations

import gzip
import json
import random

import pytest

from core.imports.reading import Unreadable
from tests.core.imports.reading.making import opened, packed, workbook

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOISE = random.Random(7).randbytes(5000)

FOREIGN = {
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "pdf"),
    "a PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image"),
    "a JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF", "image"),
    "a GIF": (b"GIF89a\x01\0\x01\0", "image"),
    "a TIFF": (b"II*\0\x08\0\0\0", "image"),
    "gzip of a CSV": (gzip.compress(b"a,b\n1,2\n"), "compressed"),
    "a 7z": (b"7z\xbc\xaf\x27\x1c\0\x04", "compressed"),
    "a RAR": (b"Rar!\x1a\x07\0", "compressed"),
    "an xz": (b"\xfd7zXZ\0\0", "compressed"),
    "a bzip2": (b"BZh91AY&SY", "compressed"),
    "an old workbook": (OLE2 + b"\0" * 600 + "Workbook".encode("utf-16-le"), "xls"),
    "a workbook with a password": (OLE2 + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
    "RTF": (b"{\\rtf1\\ansi a,b}", "document"),
    "SQLite": (b"SQLite format 3\0", "database"),
    "Parquet": (b"PAR1\x15\x04", "database"),
    "a program": (b"\x7fELF\x02\x01\x01\0", "program"),
    "a Windows program": (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" * 8, "binary"),
    "noise": (NOISE, "binary"),
    "noise without NULs": (NOISE.replace(b"\0", b""), "binary"),
    "a few control characters": (b"\x01\x02\x03\x04", "binary"),
    "HTML": (b"<html><table><tr><td>1", "html"),
    "HTML with a doctype": (b"\n <!DOCTYPE html>\n<html>", "html"),
    "a table saved as .xls": (b"<table border=1><tr><th>npn", "html"),
    "HTML behind a BOM": (b"\xef\xbb\xbf<HTML>", "html"),
    "XML": (b'<?xml version="1.0"?><rows/>', "xml"),
    "SpreadsheetML": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "xml"),
    "entities that grow": (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "xml"),
    "JSON objects": (json.dumps([{"npn": 1}]).encode(), "json"),
    "a JSON object": (b'{\n "npn": 1}', "json"),
    "JSON lists": (b'[["npn"],[1]]', "json"),
    "UTF-16 with a BOM": ("npn,states\n1,TX\n".encode("utf-16"), "utf16"),
    "UTF-16 big endian with a BOM": (b"\xfe\xff" + "npn,states\n1,TX\n".encode("utf-16-be"), "utf16"),
    "UTF-16 without a BOM": ("npn,states\n1,TX\n".encode("utf-16-le"), "utf16"),
    "UTF-16 big endian without a BOM": ("npn,states\n1,TX\n".encode("utf-16-be"), "utf16"),
    "UTF-32": ("npn,states\n1,TX\n".encode("utf-32"), "utf16"),
    "UTF-32 without a BOM": ("npn,states\n1,TX\n".encode("utf-32-be"), "utf16"),
    "an empty ZIP": (packed({}), "compressed"),
    "a ZIP of a CSV": (packed({"rows.csv": "a,b\n1,2\n"}), "zip"),
    "a ZIP in a ZIP": (packed({"inner.zip": packed({"rows.csv": "a"})}), "zip"),
    "a workbook in a ZIP": (packed({"rows.xlsx": workbook(["a"], ["1"])}), "zip"),
    "ODS": (
        packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        "ods",
    ),
    "XLSB": (packed({"xl/workbook.bin": "x"}), "xlsb"),
    "Word": (packed({"word/document.xml": "<x/>"}), "document"),
    "a presentation": (packed({"ppt/presentation.xml": "<x/>"}), "document"),
    "Numbers": (packed({"Index/Document.iwa": "x"}), "numbers"),
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("name", ["rows.csv", "rows.xlsx"])
def test_what_is_no_csv_and_no_xlsx_is_named_whatever_it_is_called(what, name):
    content, code = FOREIGN[what]
    with pytest.raises(Unreadable) as refused:
        opened(content, name)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")
    assert refused.value.fix.endswith(".")


def test_a_nul_character_is_refused_with_its_line():
    with pytest.raises(Unreadable, match="Line 3 holds a NUL"):
        opened(b"npn,states\r\n8810001,TX\r\n88100\x0002,CA\r\n" + b"8810003,NY\r\n" * 20)


def test_a_nul_character_far_down_is_refused_with_its_line():
    with pytest.raises(Unreadable, match="Line 90,002 holds a NUL"):
        opened(b"npn,states\n" + b"8810001,TX\n" * 90_000 + b"\0,\n")


def test_a_workbook_called_csv_is_read_as_a_workbook():
    assert opened(workbook(["npn"], ["8810001"]), "rows.csv").format == "XLSX, sheet “Sheet1”"


def test_a_csv_called_xlsx_is_read_as_csv():
    assert opened("npn,states\n8810001,TX", "rows.xlsx").format == "CSV, UTF-8, commas"
