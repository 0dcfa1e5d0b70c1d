"""Workbooks made to break whoever reads them. Each is small; what it unpacks or lays out to is not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

from tests.core.imports.reading.making import (
    HEAD,
    MAIN,
    SHEET,
    TWO_ROWS,
    book,
    cell,
    packed,
    parts,
    workbook,
)

DTD: Final = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL: Final = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
ENTITY: Final = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

CORPUS: dict[str, tuple[Callable[[], bytes], str]] = {}
"""What it is: how it is made, and the code it is refused with."""


def case(what: str, code: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def remember(make: Callable[[], bytes]) -> Callable[[], bytes]:
        CORPUS[what] = (make, code)
        return make

    return remember


def simple(what: str, code: str, make: Callable[[], bytes]) -> None:
    CORPUS[what] = (make, code)


def sheet_of(rows: str) -> str:
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def with_part(name: str, content: str | bytes) -> bytes:
    return packed(parts(TWO_ROWS, strings="<si><t>x</t></si>", styles="<cellXfs/>") | {name: content})


def far(*references: str) -> bytes:
    return book(TWO_ROWS + f'<row r="3">{"".join(map(cell, references))}</row>')


def zeros(size: int) -> bytes:
    """A good package with a further part of that many zeros, packed without keeping them in memory."""
    file = io.BytesIO(packed(parts(TWO_ROWS)))
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/media/big.bin", "w") as part,
    ):
        for _ in range(size >> 20):
            part.write(bytes(1 << 20))
    return file.getvalue()


def lying(name: str, declared: int, content: bytes) -> bytes:
    """A package in which the size of a part is declared wrongly, in its table of contents and before the part."""
    whole = bytearray(packed(parts(TWO_ROWS) | {name: content}))
    true = struct.pack("<I", len(content))
    checksum = struct.pack("<I", zlib.crc32(content))
    start = 0
    while (start := whole.find(checksum, start)) >= 0:
        if whole[start + 8 : start + 12] == true:
            whole[start + 8 : start + 12] = struct.pack("<I", declared)
        start += 4
    return bytes(whole)


def patched(content: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """With a field of every header of that signature overwritten."""
    whole = bytearray(content)
    start = 0
    while (start := whole.find(signature, start)) >= 0:
        whole[start + offset : start + offset + len(value)] = value
        start += 4
    return bytes(whole)


GOOD: Final = packed(parts(TWO_ROWS, strings="<si><t>x</t></si>"))
LONG_TEXT: Final = "".join(map(str, range(800_000)))
LONG_SHEET: Final = TWO_ROWS + " " * 3_000_000


def broken_stream() -> bytes:
    whole = bytearray(GOOD)
    start = whole.find(SHEET.encode()) + len(SHEET)
    for found in range(start + 10, start + 60):
        whole[found] = 0xFF
    return bytes(whole)


for reference in ("XFD1048576", "A1048576", "XFD3", "ZZ3", "AAA3", "A110001", "A999999", "A9999999"):
    code = "too_many_columns" if len(reference.rstrip("0123456789")) > 1 else "too_many_rows"
    simple(f"a cell at {reference}", code, lambda reference=reference: far(reference))
for reference in ("A99999999999999999999", "AAAA1", "A-1", "Ä1", "?", "3", "A"):
    simple(f"a cell at {reference}", "damaged", lambda reference=reference: far(reference))
simple("a far cell in small letters", "too_many_columns", lambda: far("xfd1048576"))
simple(
    "a far cell in single quotes",
    "too_many_columns",
    lambda: book(TWO_ROWS + "<row r='3'><c r='XFD1048576'><v>1</v></c></row>"),
)
simple(
    "a far cell whose place comes last",
    "too_many_columns",
    lambda: book(TWO_ROWS + '<row r="3"><c t="n" s="0" r="XFD1048576"><v>1</v></c></row>'),
)
simple(
    "a far cell with blanks around the equals sign",
    "too_many_columns",
    lambda: book(TWO_ROWS + '<row r="3"><c\n\tr = "XFD1048576"\n><v>1</v></c></row>'),
)
simple(
    "a far cell in a prefix that nobody declared",
    "too_many_columns",
    lambda: book(TWO_ROWS + '<row r="3"><z:c r="XFD1048576"><z:v>1</z:v></z:c></row>'),
)
simple(
    "a far cell behind a larger-than sign in an attribute",
    "too_many_columns",
    lambda: book(TWO_ROWS + '<row r="3"><c x=">" r="XFD1048576"><v>1</v></c></row>'),
)
simple(
    "a far cell after a megabyte of blanks",
    "too_many_columns",
    lambda: book(LONG_SHEET + f'<row r="3">{cell("XFD3")}</row>'),
)
simple(
    "a cell without a place in a far row",
    "too_many_rows",
    lambda: book(TWO_ROWS + '<row r="1048576"><c><v>1</v></c></row>'),
)
simple(
    "a million cells without places in one row",
    "too_many_columns",
    lambda: book(TWO_ROWS + "<row>" + "".join(f"<c><v>{n}</v></c>" for n in range(1_000_000)) + "</row>"),
)
simple(
    "two hundred thousand rows without places",
    "too_many_rows",
    lambda: book("".join(f"<row><c><v>{n}</v></c></row>" for n in range(200_000))),
)
simple(
    "rows without a number that is one",
    "damaged",
    lambda: book(TWO_ROWS + '<row r="1e6"><c><v>1</v></c></row>'),
)
simple(
    "a comment that hides where a row begins",
    "damaged",
    lambda: book('<row r="1048576"><!-- <row r="1"> --><c><v>1</v></c></row>'),
)
simple(
    "a tag without an end",
    "damaged",
    lambda: book(TWO_ROWS + '<row r="3"><c r="A3'),
)
simple(
    "a tag of five megabytes",
    "damaged",
    lambda: book(TWO_ROWS + f'<row r="3"><c x="{LONG_TEXT}" r="A3"/></row>'),
)
simple(
    "a reference in entities",
    "damaged",
    lambda: book(TWO_ROWS + '<row r="3"><c r="&#88;FD1048576"><v>1</v></c></row>'),
)
simple(
    "four million cells",
    "too_many_cells",
    lambda: book(
        "".join(
            f'<row r="{n}">'
            + "".join(f'<c r="{column}{n}"><v>1</v></c>' for column in _columns(40))
            + "</row>"
            for n in range(1, 100_001)
        )
    ),
)
simple(
    "the same cell four million times",
    "too_many_cells",
    lambda: book('<row r="1">' + "".join(f'<c r="A1"><v>{n}</v></c>' for n in range(4_000_000)) + "</row>"),
)
simple(
    "a text of 30,000 letters in 100,000 cells",
    "too_large_unpacked",
    lambda: book(
        "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 100_001)),
        strings=f"<si><t>{'x' * 30_000}</t></si>",
    ),
)
simple(
    "the same in an odd style",
    "too_large_unpacked",
    lambda: book(
        "".join(
            f"<row r='{n}'><c r='A{n}' t='s'><v xml:space='preserve'>0</v></c></row>"
            for n in range(1, 100_001)
        ),
        strings=f"<x:si ><t>{'x' * 30_000}</t></x:si>",
    ),
)
simple("ten million texts", "too_large_unpacked", lambda: book(TWO_ROWS, strings="<si/>" * 10_000_000))
simple(
    "four million texts",
    "too_many_cells",
    lambda: book(TWO_ROWS, strings="".join(f"<si><t>{n}</t></si>" for n in range(4_000_000))),
)

for part, place in (
    ("xl/workbook.xml", "the workbook"),
    (SHEET, "the sheet"),
    ("xl/sharedStrings.xml", "the texts"),
    ("xl/styles.xml", "the styles"),
    ("xl/_rels/workbook.xml.rels", "the relations"),
):
    for declaration, what in (
        (DTD, "entities that grow"),
        (EXTERNAL, "a DTD elsewhere"),
        (ENTITY, "a file as entity"),
    ):

        def with_declaration(part: str = part, declaration: str = declaration) -> bytes:
            contents = parts(TWO_ROWS, strings="<si><t>x</t></si>", styles="<cellXfs/>")
            old = contents[part]
            text = old.decode() if isinstance(old, bytes) else old
            return packed(contents | {part: text.replace("\n", "\n" + declaration, 1)})

        simple(f"{what} in {place}", "damaged", with_declaration)

simple("a DTD behind a comment", "damaged", lambda: with_part(SHEET, f"<!-- x -->{DTD}<worksheet/>"))
simple("a sheet in UTF-16", "damaged", lambda: with_part(SHEET, sheet_of(TWO_ROWS).encode("utf-16")))
simple(
    "a sheet that says it is UTF-7",
    "damaged",
    lambda: with_part(SHEET, sheet_of(TWO_ROWS).replace('encoding="UTF-8"', 'encoding="UTF-7"')),
)
simple("a sheet that is no XML", "damaged", lambda: with_part(SHEET, b"\x00\x01\x02"))
simple("a sheet that is empty", "no_header", lambda: with_part(SHEET, sheet_of("")))
simple("a sheet without a byte", "damaged", lambda: with_part(SHEET, b""))
simple("a sheet cut in the middle", "damaged", lambda: with_part(SHEET, sheet_of(TWO_ROWS)[:250]))
simple("a workbook that is no XML", "damaged", lambda: with_part("xl/workbook.xml", "no"))
simple("relations that are no XML", "damaged", lambda: with_part("xl/_rels/workbook.xml.rels", "<a><b></a>"))
simple(
    "a workbook without sheets",
    "no_sheet",
    lambda: with_part("xl/workbook.xml", f'<workbook xmlns="{MAIN}"/>'),
)
simple(
    "a workbook a hundred thousand deep",
    "damaged",
    lambda: with_part("xl/workbook.xml", "<a>" * 100_000 + "</a>" * 100_000),
)
simple(
    "styles of 20 MB",
    "too_large_unpacked",
    lambda: with_part("xl/styles.xml", "<s>" + "<numFmt/>" * 2_500_000),
)

simple("201 MB of zeros beside the sheet", "too_large_unpacked", lambda: zeros(201 << 20))
simple("20 MB of zeros beside the sheet", "too_large_unpacked", lambda: zeros(20 << 20))
simple("a sheet of 210 MB", "too_large_unpacked", lambda: book(TWO_ROWS + " " * (210 << 20)))
simple("a sheet of 100 MB of blanks", "too_large_unpacked", lambda: book(TWO_ROWS + " " * (100 << 20)))
simple(
    "sizes that add up to more than is taken",
    "too_large_unpacked",
    lambda: patched(GOOD, b"PK\x01\x02", 24, struct.pack("<I", 50 << 20)),
)
simple(
    "a part that is larger than it says", "damaged", lambda: lying(SHEET, 100, sheet_of(TWO_ROWS).encode())
)
simple(
    "a part that is smaller than it says",
    "damaged",
    lambda: lying(SHEET, 90_000, sheet_of(TWO_ROWS).encode()),
)
simple(
    "a bomb that says it is small",
    "damaged",
    lambda: lying(SHEET, 1000, (sheet_of(TWO_ROWS) + " " * (180 << 20)).encode()),
)
simple(
    "65,536 parts",
    "too_many_entries",
    lambda: packed({**parts(TWO_ROWS), **dict.fromkeys(map(str, range(65_536)), "")}),
)
simple("300,000 parts in the table of contents", "too_many_entries", lambda: GOOD + _directory(300_000))
simple("a part that climbs out", "damaged", lambda: with_part("../../etc/passwd", "x"))
simple("a part that climbs out backwards", "damaged", lambda: with_part("xl\\..\\..\\x", "x"))
simple("a part at an absolute place", "damaged", lambda: with_part("/etc/passwd", "x"))
simple("a part on a drive", "damaged", lambda: with_part("C:/x", "x"))
simple("a part with a line break in its name", "damaged", lambda: with_part("xl/a\nb", "x"))
simple(
    "an encrypted part",
    "password",
    lambda: patched(patched(GOOD, b"PK\x01\x02", 8, b"\1\0"), b"PK\3\4", 6, b"\1\0"),
)
simple("an unknown packing", "damaged", lambda: patched(GOOD, b"PK\x01\x02", 10, struct.pack("<H", 99)))
simple("bzip2 packing", "damaged", lambda: packed(parts(TWO_ROWS), method=zipfile.ZIP_BZIP2))
simple("parts that lie elsewhere", "damaged", lambda: patched(GOOD, b"PK\x01\x02", 42, struct.pack("<I", 7)))
simple(
    "parts that lie beyond the end",
    "damaged",
    lambda: patched(GOOD, b"PK\x01\x02", 42, struct.pack("<I", 1 << 30)),
)
simple(
    "packed sizes beyond the end",
    "damaged",
    lambda: patched(GOOD, b"PK\x01\x02", 20, struct.pack("<I", 1 << 24)),
)
simple("a table of contents that is cut off", "damaged", lambda: GOOD[:-30])
simple("a package that is cut in half", "damaged", lambda: GOOD[: len(GOOD) // 2])
simple("four bytes of a package", "damaged", lambda: b"PK\x03\x04")
simple("noise behind the first bytes", "damaged", lambda: b"PK\x03\x04" + bytes(range(256)) * 40)
simple("a part that cannot be unpacked", "damaged", broken_stream)


@case("the same part twice", "damaged")
def _twice() -> bytes:
    return patched(
        with_part("xl/worksheets/sheet9.xml", "x"),
        b"xl/worksheets/sheet9.xml",
        0,
        b"xl/worksheets/sheet1.xml",
    )


@case("the same part twice in other letters", "damaged")
def _twice_in_other_letters() -> bytes:
    return with_part("XL/Worksheets/SHEET1.xml", sheet_of(TWO_ROWS))


@case("a quoted overlap of parts", "too_large_unpacked")
def _overlapping() -> bytes:
    """Every entry of the table of contents points to the same packed megabytes."""
    return patched(workbook(["a"], ["b"]), b"PK\x01\x02", 24, struct.pack("<I", 30 << 20))


def _columns(count: int) -> list[str]:
    letters = [chr(65 + place) for place in range(26)]
    return [*letters, *(f"A{letter}" for letter in letters)][:count]


def _directory(count: int) -> bytes:
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(entry) * count, len(GOOD), 0)
    return entry * count + end
