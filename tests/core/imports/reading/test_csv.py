from __future__ import annotations

import csv
import io

import pytest

from core.exports import csv_lines
from core.imports.reading import Unreadable
from tests.core.imports.reading.making import numbers, opened, read

SIMPLE = (["npn", "states"], [["8810001", "TX"]])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "ending"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_delimiters_line_ends_and_a_bom_do_not_matter(delimiter, ending, last, bom):
    text = bom + ending.join([f"npn{delimiter}states", f"8810001{delimiter}TX"]) + (ending if last else "")
    assert read(text) == SIMPLE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2", "CSV, UTF-8, commas"),
        ("a;b\n1;2", "CSV, UTF-8, semicolons"),
        ("a\tb\n1\t2", "CSV, UTF-8, tabs"),
        ("sep=;\na,x;b\n1;2", "CSV, UTF-8, semicolons"),
        ("naïve,b\n1,2".encode("cp1252"), "CSV, Windows-1252, commas"),
        ('"a;a;a",b\n1,2', "CSV, UTF-8, commas"),
        ('"a,a,a";b\n1;2', "CSV, UTF-8, semicolons"),
        ('"a\n;;;;",b\n1,2', "CSV, UTF-8, commas"),
        (",,,\na,b\n1,2", "CSV, UTF-8, commas"),
        ("\n\n \na;b\n1;2", "CSV, UTF-8, semicolons"),
        ("a\n1", "CSV, UTF-8, commas"),
    ],
)
def test_people_are_told_how_a_file_was_read(content, said):
    assert opened(content).format == said


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nnpn;states\n8810001;TX",
        "SEP=;\r\nnpn;states\r\n8810001;TX",
        '"sep=;"\nnpn;states\n8810001;TX',
        "\ufeffsep=;\nnpn;states\n8810001;TX",
        "sep=\t\nnpn\tstates\n8810001\tTX",
        "sep=,\nnpn,states\n8810001,TX",
    ],
)
def test_the_line_with_the_delimiter_is_believed_and_no_row(text):
    assert read(text) == SIMPLE
    assert numbers(text) == [2]


def test_a_header_of_one_column_needs_no_delimiter():
    assert read("npn\n8810001\n8810002") == (["npn"], [["8810001"], ["8810002"]])


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"a,b",2', ["a,b", "2"]),
        ('"a\nb",2', ["a\nb", "2"]),
        ('"a\r\nb",2', ["a\r\nb", "2"]),
        ('"a""b",2', ['a"b', "2"]),
        ('"""",2', ['"', "2"]),
        ('"",2', ["", "2"]),
        ("'a,2", ["'a", "2"]),
        ('5" pipe,2', ['5" pipe', "2"]),
        ('a "b" c,2', ['a "b" c', "2"]),
        ('"a", "b,c"', ["a", "b,c"]),
        ('"a" ,2', ["a", "2"]),
        ('"a"b,2', ["ab", "2"]),
        ('"a"b,"c"d', ["ab", "cd"]),
        ('"a" ,"b\nc"', None),
        ("a,b c", ["a", "b c"]),
        ("a;b,c\td", ["a;b", "c\td"]),
        ("1.0,2.50", ["1.0", "2.50"]),
        ("00123,0", ["00123", "0"]),
        ("1e10,1E-7", ["1e10", "1E-7"]),
        ("TRUE,#N/A", ["TRUE", "#N/A"]),
        ("😀,Ünï", ["😀", "Ünï"]),
        ("مرحبا,你好", ["مرحبا", "你好"]),
        ("a\x01b,2", ["a\x01b", "2"]),
        ("a\x0cb,2", ["a\x0cb", "2"]),
        ("a\u2028b,2", ["a\u2028b", "2"]),
        ("a\x85b,2", ["a\x85b", "2"]),
        ("a\u00a0b,2", ["a\u00a0b", "2"]),
    ],
)
def test_cells_are_read_as_they_are_meant(line, cells):
    text = f"one,two\n{line}\n"
    if cells is None:
        with pytest.raises(Unreadable, match="line 2"):
            read(text)
    else:
        assert read(text)[1] == [cells]


@pytest.mark.parametrize(
    "blank",
    [
        " ",
        "\u00a0",
        "\u3000",
        "\u200b",
        "\ufeff",
        "\u2060",
        "\u200e",
        "\u202d",
        "\u2069",
        "\u00ad",
        " \u200b ",
        "\u00a0\u200b\u00a0 ",
    ],
)
def test_blanks_and_invisible_characters_around_a_value_are_taken_off(blank):
    assert read(f"npn,{blank}states{blank}\n{blank}8810001{blank},{blank}TX{blank}\n") == SIMPLE


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="0253"', "0253"),
        ('"=""0253"""', "0253"),
        (' ="0253" ', "0253"),
        ('="" ', ""),
        ('"="" 0253 """', "0253"),
        ('="0253', '="0253'),
        ('=0253"', '=0253"'),
        ('="', '="'),
        ("=1+1", "=1+1"),
        ("+15551234567", "+15551234567"),
        ("-5", "-5"),
        ("@me", "@me"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("'=1+1", "=1+1"),
        ("'+cmd", "+cmd"),
        ("''=1", "'=1"),
        ("'t Hooft", "'t Hooft"),
        ("O'Neil", "O'Neil"),
        ("'", "'"),
    ],
)
def test_guards_of_spreadsheets_are_taken_off_and_formulas_are_data(cell, text):
    assert read(f"one,two\n{cell},x")[1] == [[text, "x"]]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("a,b\n1,2\n3,4", [2, 3]),
        ("a,b\n\n1,2\n\n\n3,4\n\n", [3, 6]),
        ("a,b\n,\n1,2\n , \n3,4", [3, 5]),
        ("\n\na,b\n1,2", [4]),
        (",\n,\na,b\n1,2", [4]),
        ('a,b\n"1\n2\n3",2\n3,4', [2, 3]),
        ('"a\nb",b\n1,2', [2]),
        ("a,b\r\n1,2\r\n\r\n3,4", [2, 4]),
        ("a,b\r1,2\r\r3,4", [2, 4]),
        ('a,b\n"",""\n1,2', [3]),
        ("a,b\n\u200b,\u00a0\n1,2", [3]),
        ('a,b\n="",\n1,2', [3]),
        ("a,b\n;;;\n| ,;\n1,2", [4]),
        ('a,b\n"x"y,\n\n"z"w,', [2, 4]),
        ('a,b\n1,\n\n"x"y,\n"z"w,\n5,6', [2, 4, 5, 6]),
    ],
)
def test_rows_are_numbered_as_a_spreadsheet_counts(text, given):
    assert numbers(text) == given


def test_a_row_with_too_few_cells_has_blanks_instead():
    assert read("a,b,c\n1\n1,2\n1,2,3")[1] == [["1", "", ""], ["1", "2", ""], ["1", "2", "3"]]


def test_blank_cells_beyond_the_headers_are_nothing():
    sheet = opened("a,b\n1,2,,, \n3,4,")
    assert [cells for _number, cells in sheet.rows()] == [["1", "2"], ["3", "4"]]
    assert (sheet.surplus, sheet.warnings) == ({}, [])


def test_filled_cells_beyond_the_headers_are_left_out_and_said():
    sheet = opened("a,b\n1,2,x\n3,4\n5,6,,y,z\n")
    rows = sheet.rows()
    assert next(rows) == (2, ["1", "2"])
    assert sheet.surplus == {2: 1}
    list(rows)
    assert sheet.surplus == {2: 1, 4: 2}
    assert sheet.warnings[0].startswith("Rows 2 and 4 have more cells than there are headers")


def test_of_many_rows_with_surplus_cells_twenty_are_named():
    sheet = opened("a,b\n" + "1,2,3\n" * 45)
    list(sheet.rows())
    assert "19, 20, 21 and 25 more have more cells" in sheet.warnings[0]


def test_rows_may_be_read_twice_and_are_the_same():
    sheet = opened('a,b\n1,2,3\n"x"y,2\n\n5,6\n')
    once, again = list(sheet.rows()), list(sheet.rows())
    assert once == again
    assert len(once) == 3
    assert sheet.surplus == {2: 1}


@pytest.mark.parametrize(
    ("header", "headers"),
    [
        ("a,b,,", ["a", "b"]),
        ("a,,b", ["a", "Column 2", "b"]),
        (",a,b", ["Column 1", "a", "b"]),
        ("a,b,", ["a", "b"]),
        ("NPN,NPN,NPN", ["NPN", "NPN (2)", "NPN (3)"]),
        ("NPN,NPN (2),NPN", ["NPN", "NPN (2)", "NPN (3)"]),
        (" a , b ", ["a", "b"]),
        ('"a\nb",c', ["a\nb", "c"]),
    ],
)
def test_headers_are_trimmed_and_told_apart(header, headers):
    assert opened(f"{header}\n1,2,3").headers[: len(headers)] == headers


def test_a_column_without_a_header_is_named_by_its_place_if_anything_stands_in_it():
    assert read("a,,b,,\n1,,3,,5\n1,,3,,") == (
        ["a", "", "b", "", "Column 5"],
        [["1", "", "3", "", "5"], ["1", "", "3", "", ""]],
    )


def test_windows_1252_is_recognised():
    assert read("name,price\nJosé “Pepe” Núñez,5 €\n".encode("cp1252"))[1] == [["José “Pepe” Núñez", "5 €"]]


def test_a_file_that_is_utf_8_up_to_a_line_says_so():
    sheet = opened("name\nJosé\n".encode() + b"Jos\xe9\n")
    assert "Line 3 is not UTF-8" in sheet.warnings[0]


def test_utf_8_is_told_from_windows_1252_across_the_borders_of_pieces():
    text = "name\n" + "x" * 31_000 + "\n"
    for shift in range(4):
        whole = (text * 33 + "x" * shift + "é€😀" * 8000 + "\n") * 2
        assert opened(whole).format.startswith("CSV, UTF-8")


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_a_byte_that_no_encoding_knows_is_refused_with_its_line(byte):
    with pytest.raises(Unreadable, match="Line 3 holds a character") as refused:
        opened(b"name\nAnn\nJos" + bytes([byte]) + b"\n")
    assert refused.value.code == "encoding"


def test_a_bom_that_lies_is_refused_with_the_line():
    with pytest.raises(Unreadable, match="Line 2 holds a character"):
        opened(b"\xef\xbb\xbfname\nJos\xe9\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b\n1,2\n"3,4\n5,6\n', 3),
        ('a,b\n1,"2', 2),
        ('a,b\n1,"2\n', 2),
        ('"a,b\n1,2\n', 1),
        ('a,b\n\n\n"1\n2",3\n4,"5\n6,7\n', 6),
        ('a,b\n"x"y,2\n"3,4\n5,6\n', 3),
        ('a,b\n"Smith, 2\n3,"x",4\n', 2),
        ('a,b\n1,"x"y,"z\nw",2\n', 2),
        ('sep=,\na,b\n"1,2\n', 3),
    ],
)
def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_line(text, line):
    with pytest.raises(Unreadable, match=f"line {line} is opened") as refused:
        read(text)
    assert refused.value.code == "open_quote"


def test_an_open_quotation_mark_does_not_swallow_a_large_file():
    with pytest.raises(Unreadable, match=r"[Ll]ine 5,001 ") as refused:
        read("a,b\n" + "1,2\n" * 4999 + '"1,2\n' + "1,2\n" * 80_000)
    assert refused.value.code in {"open_quote", "cell_too_long"}


@pytest.mark.parametrize("many", [32_768, 131_071, 131_073, 3_000_000, 10_000_000])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_with_more_characters_than_a_spreadsheet_holds_is_refused(many, quote):
    with pytest.raises(Unreadable, match="32,767") as refused:
        read(f"a,b\n1,{quote}{'x' * many}{quote}\n")
    assert refused.value.code == "cell_too_long"
    assert "2" in refused.value.message


def test_a_cell_as_long_as_a_spreadsheet_holds_is_read():
    assert read("a,b\n1," + "x" * 32_767)[1][0][1] == "x" * 32_767


@pytest.mark.parametrize(("columns", "said"), [(65, "65"), (10_000, "10,000"), (1_000_000, "1,000,000")])
def test_too_many_columns_are_refused(columns, said):
    with pytest.raises(Unreadable, match=f"{said} columns; at most 64"):
        opened(",".join(f"c{number}" for number in range(columns)) + "\n1,2\n")


def test_sixty_four_columns_are_read_whatever_blanks_follow():
    header = ",".join(f"c{number}" for number in range(64))
    assert len(opened(header + "," * 5000 + "\n1,2\n").headers) == 64


def test_a_row_of_a_million_separators_is_blank():
    assert numbers("a,b\n" + "," * 1_000_000 + "\n1,2\n") == [3]


def test_a_line_of_nineteen_million_separators_is_refused():
    with pytest.raises(Unreadable, match="columns; at most 64"):
        opened("a,b\n1,2\n" + "," * 19_000_000)


def test_a_hundred_thousand_rows_are_read_and_one_more_is_refused_at_once():
    text = "a,b\n" + "1,2\n\n" * 100_000
    assert len(read(text)[1]) == 100_000
    with pytest.raises(Unreadable, match="more than 100,000 rows"):
        opened(text + "1,2\n")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("\n\n", "empty_file"),
        (" \t\r\n", "empty_file"),
        (",,,\n\n,", "no_header"),
        ("\ufeff", "no_header"),
        ("\u200b\n\u00a0", "no_header"),
        ("a,b", "no_rows"),
        ("a,b\n", "no_rows"),
        ("a,b\n\n\n,\n , \n", "no_rows"),
        ("sep=;\n", "no_header"),
        ("sep=;\na;b", "no_rows"),
    ],
)
def test_a_file_without_rows_is_refused(text, code):
    with pytest.raises(Unreadable) as refused:
        opened(text)
    assert refused.value.code == code
    assert refused.value.fix


def test_more_than_twenty_megabytes_are_refused():
    with pytest.raises(Unreadable, match="at most 20 MB"):
        opened(b"a,b\n" + b"1,2\n" * (5 * 1024 * 1024))


def test_what_the_product_exports_reads_as_it_was():
    rows = [["=1+1", "-5", "+x", "@y"], ["'=1", "O'Neil", "a;b", "0253"], ["\u200b=1", "a\nb", '"', "x"]]
    header = ["a", "b", "c", "d"]
    assert read("".join(csv_lines(header, rows))) == (header, [*rows[:2], ["=1", "a\nb", '"', "x"]])


def test_a_tab_is_preferred_where_the_name_says_so_and_the_header_does_not():
    assert opened("a,b\tc\n1\t2\n", "rows.tsv").headers == ["a,b", "c"]
    assert opened("a,b\tc\n1\t2\n", "rows.csv").headers == ["a", "b\tc"]


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC])
def test_python_s_own_writer_is_understood(quoting):
    file = io.StringIO()
    rows = [["a", "b"], ['x "y" z', "1\n2"], ["", "0"]]
    csv.writer(file, quoting=quoting).writerows(rows)
    assert read(file.getvalue()) == (rows[0], rows[1:])
