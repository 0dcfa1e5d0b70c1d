"""Files made up by the thousand. ``GENERATED_FILES=10000`` makes more of them than the usual 500."""

from __future__ import annotations

import csv
import io
import os

import openpyxl
import pytest
import xlsxwriter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.exports import csv_lines
from core.imports.reading import Unreadable, open_sheet
from core.imports.reading.cells import SEPARATORS, careful
from tests.core.imports.reading.hostile import GOOD
from tests.core.imports.reading.making import SHEET, packed, parts

FILES = int(os.environ.get("GENERATED_FILES", "500"))
FEW = max(FILES // 5, 50)

ALPHABET = st.one_of(
    st.sampled_from(list("aZ0 ,;\t\"'\n\r=+-@|. ()_é€\u00a0\u200b\ufeff")),
    st.characters(exclude_categories=["Cs", "Cc"]),
)
CELLS = st.text(ALPHABET, max_size=12)
LATIN = st.text(st.sampled_from(list("aZ0 ,;\t\"'\n=é€ñ“”-")), max_size=12)
#: A header that is told apart from the next and that nothing else could be read into.
HEADERS = st.lists(st.text(st.sampled_from("abcXYZ_ "), min_size=1, max_size=8), min_size=1, max_size=6)


def tables(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    def rows_of(width: int) -> st.SearchStrategy[list[list[str]]]:
        return st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8)

    return st.integers(1, 6).flatmap(rows_of)


def as_read(rows: list[list[str]]) -> list[list[str]]:
    """What is left of rows: trimmed cells, no blank rows and none of separators alone."""
    trimmed = [careful(1, row) for row in rows]
    return [row for row in trimmed if "".join(row).strip(SEPARATORS)]


def headed(rows: list[list[str]]) -> list[list[str]]:
    return [[f"column{place}" for place in range(len(rows[0]))], *rows]


def written(rows: list[list[str]], encoding: str, **style: object) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, **style).writerows(headed(rows))  # type: ignore[arg-type]
    return file.getvalue().encode(encoding)


def rows_of(content: bytes) -> list[list[str]]:
    return [cells for _number, cells in open_sheet(content, "rows.csv").rows()]


@settings(max_examples=FILES)
@given(
    rows=tables(CELLS),
    delimiter=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_what_is_written_as_csv_is_read_again(rows, delimiter, quoting, ending, encoding):
    assume(as_read(rows))
    if quoting != csv.QUOTE_ALL:
        ending = "\r\n"  # Python's writer leaves line breaks other than its own without quotes.
    content = written(rows, encoding, delimiter=delimiter, quoting=quoting, lineterminator=ending)
    # One column alone has no delimiter to go by.
    if len(rows[0]) == 1:
        content = f"sep={delimiter}\n".encode() + content.removeprefix(b"\xef\xbb\xbf")
    assert rows_of(content) == as_read(rows)


@settings(max_examples=FEW)
@given(rows=tables(LATIN), delimiter=st.sampled_from(",;\t"))
def test_what_is_written_in_windows_1252_is_read_again(rows, delimiter):
    assume(as_read(rows))
    content = written([*rows, ["“é”"] * len(rows[0])], "cp1252", delimiter=delimiter)
    if len(rows[0]) == 1:
        content = f"sep={delimiter}\n".encode() + content
    assert rows_of(content)[:-1] == as_read(rows)


@settings(max_examples=FEW)
@given(rows=tables(CELLS))
def test_what_the_product_exports_as_csv_is_read_again(rows):
    assume(as_read(rows) and len(rows[0]) > 1)
    trimmed = as_read(rows)
    header, *rest = headed(trimmed)
    assert rows_of("".join(csv_lines(header, rest)).encode()) == trimmed


@settings(max_examples=FILES)
@given(content=st.one_of(st.binary(max_size=400), st.text(ALPHABET, max_size=400).map(str.encode)))
def test_whatever_bytes_come_they_are_read_or_refused_with_a_sentence(content):
    read_or_refused(content)


@settings(max_examples=FILES)
@given(
    rows=tables(CELLS),
    delimiter=st.sampled_from(",;\t"),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=3), st.integers(0, 3)), max_size=4),
)
def test_however_a_file_is_broken_it_is_read_or_refused_with_a_sentence(rows, delimiter, changes):
    content = written(rows, "utf-8", delimiter=delimiter)
    for place, put, cut in changes:
        at = place % (len(content) + 1)
        content = content[:at] + put + content[at + cut :]
    read_or_refused(content)


@settings(max_examples=FILES)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(GOOD)), st.binary(max_size=4), st.integers(0, 4)), min_size=1, max_size=5
    )
)
def test_however_a_workbook_is_broken_it_is_read_or_refused_with_a_sentence(changes):
    content = GOOD
    for place, put, cut in changes:
        content = content[:place] + put + content[place + cut :]
    read_or_refused(content)


MARKUP = st.sampled_from(
    [
        '<row r="1">',
        "<row>",
        "</row>",
        '<c r="A1">',
        '<c r="B2" t="s">',
        '<c r="C3" t="e">',
        '<c r="ZZ9">',
        "<c>",
        "</c>",
        '<c t="inlineStr">',
        "<v>1</v>",
        "<v>#N/A</v>",
        "<v></v>",
        "<is><t>x</t></is>",
        "<f>1+1</f>",
        "<!-- -->",
        "<x:c r='A4'>",
        "</x:c>",
        '<c r="A5"/>',
        "&amp;",
        "&a;",
        "<![CDATA[<c>]]>",
        "text",
        ">",
        "<",
        '"',
    ]
)


@settings(max_examples=FILES)
@given(rows=st.lists(MARKUP, max_size=14).map("".join))
def test_however_a_sheet_is_written_it_is_read_or_refused_with_a_sentence(rows):
    read_or_refused(packed(parts(rows, strings="<si><t>x</t></si>")))


@settings(max_examples=FILES)
@given(sheet=st.binary(max_size=300))
def test_whatever_stands_for_a_sheet_it_is_read_or_refused_with_a_sentence(sheet):
    read_or_refused(packed(parts("") | {SHEET: b'<worksheet xmlns="x"><sheetData>' + sheet}))


WRITABLE = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=9
)


@settings(max_examples=FEW)
@given(rows=tables(WRITABLE))
def test_what_is_written_as_xlsx_is_read_again(rows):
    assume(as_read(rows))
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(headed(rows)):
            for place, text in enumerate(row):
                sheet.write_string(number, place, text)
    assert rows_of(file.getvalue()) == as_read(rows)


@settings(max_examples=FEW)
@given(
    number=st.one_of(
        st.integers(-(10**15) + 1, 10**15 - 1), st.decimals("-999999", "999999", places=4).map(float)
    )
)
def test_numbers_come_out_as_they_went_in(number):
    book = openpyxl.Workbook()
    book.active.append(["number", "x"])
    book.active.append([number, "x"])
    file = io.BytesIO()
    book.save(file)
    text = rows_of(file.getvalue())[0][0]
    assert float(text) == number
    assert "e" not in text
    assert not text.endswith(".0")


def read_or_refused(content: bytes) -> None:
    refused = None
    try:
        sheet = open_sheet(content, "rows.csv")
        rows = list(sheet.rows())
    except Unreadable as fault:
        refused = fault
    if refused:
        assert refused.code
        assert refused.message.endswith(".")
        assert refused.fix.endswith((".", ")"))
    else:
        assert {len(cells) for _number, cells in rows} == {len(sheet.headers)}
        assert list(sheet.rows()) == rows


def test_the_generated_files_are_no_fewer_than_agreed():
    assert FILES >= 500


def test_a_generated_file_that_is_misread_would_be_found():
    with pytest.raises(AssertionError):
        assert rows_of(written([["a", "b"]], "utf-8")) == [["a", "B"]]
