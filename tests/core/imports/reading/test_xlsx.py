from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from core.exports import xlsx_file
from core.imports.reading import Unreadable
from core.imports.reading.cells import text_of
from tests.core.imports.reading.making import (
    HEAD,
    MAIN,
    SHEET,
    TWO_ROWS,
    book,
    cell,
    numbers,
    opened,
    packed,
    parts,
    read,
    relations,
    row,
    workbook,
)

SIMPLE = (["npn", "states"], [["8810001", "TX"]])
FULL_ROWS = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 100_002))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8810001, "8810001"),
        (8810001.0, "8810001"),
        (0, "0"),
        (-5, "-5"),
        (0.5, "0.5"),
        (-0.25, "-0.25"),
        (1234.56, "1234.56"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (1.5e-10, "0.00000000015"),
        (123456789012345, "123456789012345"),
        (1e15, "1000000000000000"),
        (1e22, "10000000000000000000000"),
        (True, "true"),
        (False, "false"),
        (date(2026, 2, 28), "2026-02-28"),
        (datetime(2026, 2, 28), "2026-02-28"),
        (datetime(2026, 2, 28, 13, 5), "2026-02-28 13:05:00"),
        (date(1999, 12, 31), "1999-12-31"),
        (time(13, 5), "13:05:00"),
        (timedelta(hours=30), "30:00:00"),
        ("0253", "0253"),
        ("  TX ", "TX"),
        ("\u00a0TX\u200b", "TX"),
        ("a\nb", "a\nb"),
        ("<&>\"'", "<&>\"'"),
        ("Ünï 😀", "Ünï 😀"),
        ("8810001.0", "8810001.0"),
        ("#N/A", "#N/A"),
        ("#REF!", "#REF!"),
        ("#DIV/0!", "#DIV/0!"),
        ("#NAME?", "#NAME?"),
        ("'=1", "=1"),
        ("+1", "+1"),
        ("-x", "-x"),
        ("@x", "@x"),
    ],
)
def test_typed_cells_say_what_a_spreadsheet_shows(value, text):
    assert read(workbook(["one", "two"], [value, "x"]))[1] == [[text, "x"]]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<c r='A2'><v>1E+2</v></c>", "100"),
        ('<c r="A2"><v>12345678901234567</v></c>', "12345678901234568"),
        ('<c r="A2"><v>NaN</v></c>', "nan"),
        ('<c r="A2" t="b"><v>1</v></c>', "true"),
        ('<c r="A2" t="e"><v>#VALUE!</v></c>', "#VALUE!"),
        ('<c t="e" r="A2"><v>#NULL!</v></c>', "#NULL!"),
        ('<c r="A2" t="e" s="0"><v>#NUM!</v></c>', "#NUM!"),
        ("<c r='A2' t='e'><v>#NUM!</v></c>", "#NUM!"),
        ('<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="A2" t="str"><f>A1</f><v>npn</v></c>', "npn"),
        ('<c r="A2"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="A2"><f>1+1</f></c>', ""),
        ('<c r="A2"><f>1+1</f><v></v></c>', ""),
        ('<c r="A2" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>', "a"),
        ('<c r="A2" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab"),
        ('<c r="A2" t="inlineStr"><is><t>a&amp;b &lt;c&gt; &#233;</t></is></c>', "a&b <c> é"),
        ('<c r="A2" t="inlineStr"><is><t>="0253"</t></is></c>', "0253"),
        ('<c r="A2" t="inlineStr"><is><t>=&quot;0253&quot;</t></is></c>', "0253"),
        ('<c r="A2" t="inlineStr"><is><t>a_x0000_b</t></is></c>', "ab"),
        ('<c r="A2" t="inlineStr"><is><t> t="e" and &lt;f&gt;</t></is></c>', 't="e" and <f>'),
        ('<c r="A2" t="d"><v>2026-02-28T00:00:00</v></c>', "2026-02-28"),
        ('<c r="A2" t="s"><v>0</v></c>', "shared"),
        ('<c r="A2" t="s"><v>1</v></c>', "rich text"),
        ('<c r="A2" s="1"><v>46081</v></c>', "2026-02-28"),
        ('<c r="A2" s="1"><v>46081.5</v></c>', "2026-02-28 12:00:00"),
    ],
)
def test_cells_as_other_programs_write_them(written, text):
    content = book(
        row(1, "one", "two") + f'<row r="2">{written}{cell("B2")}</row>',
        strings="<si><t>shared</t></si><si><r><t xml:space='preserve'>rich </t></r><r><t>text</t></r></si>",
        styles='<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
    )
    assert read(content)[1] == [[text, "x"]]


def test_the_years_of_old_macs_are_honored():
    def from_1904(made, _sheet):
        made.epoch = CALENDAR_MAC_1904

    assert read(workbook(["day"], [date(2026, 2, 28)], change=from_1904))[1] == [["2026-02-28"]]
    serial = book(
        row(1, "day") + '<row r="2"><c r="A2" s="1"><v>44619</v></c></row>',
        styles='<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
    )
    assert read(serial)[1] == [["2022-02-27"]]


@pytest.mark.parametrize(
    ("rows", "given"),
    [
        ([["a", "b"], [1, 2], [3, 4]], [2, 3]),
        ([[], [], ["a", "b"], [1, 2]], [4]),
        ([["a", "b"], [], [1, 2], [None, " "], [3, 4]], [3, 5]),
        ([["a", "b"], ["\u200b", "\u00a0"], [1, 2]], [3]),
        ([[None, "a", "b"], [None, 1, 2]], [2]),
    ],
)
def test_rows_are_numbered_as_they_stand(rows, given):
    assert numbers(workbook(*rows)) == given


def test_a_table_that_begins_further_in_is_found():
    content = workbook([], [None, None, "npn", None, "states"], [], [None, None, 8810001, "x", "TX"])
    assert read(content) == (["npn", "Column 4", "states"], [["8810001", "x", "TX"]])
    assert numbers(content) == [4]


def test_rows_may_be_read_twice():
    sheet = opened(workbook(["a", "b"], [1, "x"], ["y", 2.5], [True, None]))
    assert list(sheet.rows()) == list(sheet.rows()) == [(2, ["1", "x"]), (3, ["y", "2.5"]), (4, ["true", ""])]


def _sheets(*named: tuple[str, str, str]) -> bytes:
    """Sheets as (title, state, what cell A2 says)."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, state, text in named:
        sheet = made.create_sheet(title)
        sheet.sheet_state = state
        sheet.append(["npn"])
        sheet.append([text])
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "named",
    [
        [("rows", "visible", "this"), ("accepted_values", "visible", "other")],
        [("old", "hidden", "other"), ("rows", "visible", "this")],
        [("old", "veryHidden", "other"), ("rows", "visible", "this")],
        [("help", "visible", "other"), ("template", "visible", "this")],
        [("help", "visible", "other"), ("Template", "visible", "this")],
        [("help", "visible", "other"), (" TEMPLATE ", "visible", "this"), ("more", "visible", "other")],
        [("help", "visible", "other"), ("template", "hidden", "this")],
        [("templates", "visible", "this"), ("my template", "visible", "other")],
    ],
)
def test_the_sheet_called_template_or_the_first_that_shows_is_read(named):
    sheet = opened(_sheets(*named))
    assert [cells for _number, cells in sheet.rows()] == [["this"]]
    title = next(title for title, _state, text in named if text == "this")
    assert sheet.format == f"XLSX, sheet “{title}”"


def test_a_chart_on_a_sheet_of_its_own_is_passed_over():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        chart = made.add_chart({"type": "line"})
        charts = made.add_chartsheet("chart")
        rows = made.add_worksheet("rows")
        rows.write_row(0, 0, ["npn", "states"])
        rows.write_row(1, 0, [8810001, "TX"])
        chart.add_series({"values": "=rows!$A$2:$A$2"})
        charts.set_chart(chart)
        charts.set_first_sheet()
    assert read(file.getvalue()) == SIMPLE


def test_formulas_are_named_once():
    def change(_made, sheet):
        for number in range(2, 40):
            sheet[f"B{number}"] = f"=A{number}+1"

    sheet = opened(workbook(["a", "b"], *[[n] for n in range(38)], change=change))
    assert len(sheet.warnings) == 1
    assert sheet.warnings[0].startswith("Cells B2, B3, B4, ")
    assert "B21 and 18 more: formulas." in sheet.warnings[0]
    assert next(sheet.rows()) == (2, ["0", ""])


def test_stored_results_of_formulas_are_read():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        rows = made.add_worksheet()
        rows.write_row(0, 0, ["number", "text", "error"])
        rows.write_formula(1, 0, "=1+1", None, 2)
        rows.write_formula(1, 1, '="0"&"253"', None, "0253")
        rows.write_formula(1, 2, "=NA()", None, "#N/A")
    sheet = opened(file.getvalue())
    assert list(sheet.rows()) == [(2, ["2", "0253", "#N/A"])]
    assert sheet.warnings[0].startswith("Cells A2, B2 and C2: formulas.")


def test_merged_cells_are_said():
    def change(_made, sheet):
        sheet.merge_cells("A2:B2")
        sheet.merge_cells("A3:A4")

    sheet = opened(workbook(["a", "b"], [1, 2], [3, 4], [5, 6], change=change))
    assert "A2:B2" in sheet.warnings[0]
    assert "A3:A4: merged" in sheet.warnings[0] or "and A2:B2: merged cells" in sheet.warnings[0]
    assert list(sheet.rows()) == [(2, ["1", ""]), (3, ["3", "4"]), (4, ["", "6"])]


@pytest.mark.parametrize("last", ["A1048576", "XFD2", "XFD1048576", "BM2", "A100002"])
def test_formatted_blank_cells_far_out_are_no_rows_and_no_columns(last):
    def change(_made, sheet):
        sheet[last].font = Font(bold=True)

    assert read(workbook(["npn", "states"], [8810001, "TX"], change=change)) == SIMPLE


def test_a_sheet_formatted_to_its_last_row_is_read():
    styled = "".join(
        f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"></c></row>'
        for n in range(3, 200_000)
    )
    assert read(book(TWO_ROWS + styled)) == SIMPLE


@pytest.mark.parametrize("last", ["A110001", "A1048576", "BL110001"])
def test_a_filled_cell_below_the_last_row_is_refused(last):
    number = last.lstrip("ABL")
    with pytest.raises(Unreadable, match=f"something in row {int(number):,}"):
        opened(book(TWO_ROWS + f'<row r="{number}">{cell(last)}</row>'))


@pytest.mark.parametrize("last", ["BM2", "BZ2", "CA2", "ZZ2", "XFD2"])
def test_a_filled_cell_beyond_the_last_column_is_refused(last):
    with pytest.raises(Unreadable) as refused:
        read(book(row(1, "npn") + f'<row r="2">{cell("A2")}{cell(last)}</row>' + row(3, "x")))
    # Nearby ones are let to the reader, and are then surplus cells.
    assert refused.value.code == "too_many_columns"


def test_sixty_four_columns_are_read_and_one_more_is_refused():
    header = [f"c{number}" for number in range(65)]
    assert len(opened(workbook(header[:64], [1])).headers) == 64
    with pytest.raises(Unreadable, match="65 columns; at most 64"):
        opened(workbook(header, [1]))


def test_a_hundred_thousand_rows_are_read():
    rows = list(opened(book(FULL_ROWS)).rows())
    assert rows[-1] == (100_001, ["100001"])


def test_a_row_more_is_refused():
    with pytest.raises(Unreadable, match="more than 100,000 rows"):
        opened(book(FULL_ROWS + '<row r="100002"><c r="A100002"><v>1</v></c></row>'))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("", "no_header"),
        ('<row r="1"><c r="A1" s="1"/></row>', "no_header"),
        (row(1, "npn"), "no_rows"),
        (row(1, "npn") + row(2, " ") + row(3, "\u200b"), "no_rows"),
    ],
)
def test_a_sheet_without_rows_is_refused(rows, code):
    with pytest.raises(Unreadable) as refused:
        opened(book(rows))
    assert refused.value.code == code


def test_a_cell_with_too_many_characters_is_refused_with_its_place():
    with pytest.raises(Unreadable, match="Row 2, column 1: the cell holds 32,768 characters"):
        read(book(row(1, "npn") + row(2, "x" * 32_768)))


SMALL_LETTERS = TWO_ROWS.replace('r="A', 'r="a')
STYLES_OF_WRITING = {
    "prefixed": f'{HEAD}<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1">'
    '<x:c r="A1" t="str"><x:v>npn</x:v></x:c>'
    '<x:c r="B1" t="str"><x:v>states</x:v></x:c></x:row><x:row r="2"><x:c r="A2"><x:v>8810001</x:v></x:c>'
    '<x:c r="B2" t="str"><x:v>TX</x:v></x:c></x:row></x:sheetData></x:worksheet>',
    "without places": f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>npn</v></c><c t="str"><v>states'
    '</v></c></row><row><c><v>8810001</v></c><c t="str"><v>TX</v></c></row></sheetData></worksheet>',
    "rows without places": f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="str"><v>npn</v></c>'
    '<c t="str"><v>states</v></c></row><row r="2"><c><v>8810001</v></c><c t="str"><v>TX</v></c></row></sheetData>'
    "</worksheet>",
    "single quotes": f"{HEAD}<worksheet xmlns='{MAIN}'><sheetData><row r='1'><c r='A1' t='str'><v>npn</v></c>"
    "<c r='B1' t='str'><v>states</v></c></row><row r='2'><c r='A2'><v>8810001</v></c><c r='B2' t='str'><v>TX</v></c>"
    "</row></sheetData></worksheet>",
    "indented": f'{HEAD}\n<worksheet\n xmlns="{MAIN}">\n <sheetData>\n  <row\n r="1">\n   <c\n\tt="str"  r = "A1" >\n'
    '<v>npn</v>\n</c> <c r="B1" t="str"><v>states</v></c>\n</row>\n<row r="2"><c r="A2"><v>8810001</v></c>'
    '<c r="B2" t="str"><v>TX</v></c></row></sheetData></worksheet>',
    "with a BOM": f'\ufeff{HEAD}<!-- made by hand --><worksheet xmlns="{MAIN}"><sheetData>'
    f"{TWO_ROWS}</sheetData></worksheet>",
    "small letters": f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{SMALL_LETTERS}</sheetData></worksheet>',
    "without a declaration": f'<worksheet xmlns="{MAIN}"><sheetData>{TWO_ROWS}</sheetData></worksheet>',
}


@pytest.mark.parametrize("style", STYLES_OF_WRITING)
def test_every_style_of_writing_cells_is_understood(style):
    assert read(packed(parts("") | {SHEET: STYLES_OF_WRITING[style]})) == SIMPLE


def test_parts_may_be_called_and_placed_otherwise():
    contents = parts(row(1, "npn") + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>')
    del contents[SHEET]
    contents["xl/_rels/workbook.xml.rels"] = relations(
        ("rId1", "worksheet", "/xl/sheets/Data.xml"), ("rId2", "sharedStrings", "./Strings.xml")
    )
    contents["XL/Sheets/data.xml"] = parts(row(1, "npn") + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>')[
        SHEET
    ]
    contents["xl\\strings.xml"] = f'{HEAD}<sst xmlns="{MAIN}"><si><t>8810001</t></si></sst>'
    assert read(packed(contents)) == (["npn"], [["8810001"]])


def test_macros_pictures_and_other_sheets_are_left_alone():
    contents = parts(TWO_ROWS) | {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0",
        "xl/media/image1.png": b"\x89PNG",
        "xl/worksheets/sheet2.xml": b"<!DOCTYPE x><broken",
    }
    assert read(packed(contents)) == SIMPLE


def test_what_the_product_exports_reads_as_it_was():
    rows = [["=1+1", -5, date(2026, 2, 28), "0253"], ["'=1", 0.5, None, "O'Neil"]]
    with xlsx_file(["a", "b", "c", "d"], rows) as file:
        assert read(file.read())[1] == [["=1+1", "-5", "2026-02-28", "0253"], ["'=1", "0.5", "", "O'Neil"]]


def test_texts_said_once_and_used_often_are_read():
    many = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 3001))
    long = "x" * 30_000
    sheet = opened(book(many, strings=f"<si><t>{long}</t></si><si/>"))
    assert sum(1 for _row in sheet.rows()) == 2999


@pytest.mark.parametrize("value", [None, "", "x", 3, object])
def test_anything_has_a_text(value):
    assert isinstance(text_of(value), str)
