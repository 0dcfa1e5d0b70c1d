"""Templates: what stands in them, what a spreadsheet makes of them, and that all of them can be read."""

from __future__ import annotations

import io

import openpyxl
import pytest

from core.imports.blanks import csv_template, xlsx_template
from core.imports.headers import match
from core.imports.reading import Unreadable, open_sheet
from core.imports.types import all_uploads
from tests.core.imports.files.crates import COLORS, CRATES, PORTS

COLUMNS = ["crate", "color", "ports", "weight_kg", "owner_ssn", "note"]


@pytest.fixture
def book():
    return openpyxl.load_workbook(xlsx_template(CRATES))


def test_a_csv_has_the_header_alone_and_a_bom():
    assert csv_template(CRATES) == "\ufeffcrate,color,ports,weight_kg,owner_ssn,note\r\n"


def test_a_workbook_has_the_sheets_in_this_order(book):
    assert book.sheetnames == ["template", "accepted_values", "quays"]


def test_the_template_holds_its_header_and_nothing_to_be_uploaded(book):
    assert [[cell.value for cell in row] for row in book["template"].iter_rows()] == [COLUMNS]


def test_needed_columns_are_marked_and_every_column_is_explained(book):
    crate, color, *_others = book["template"][1]
    assert (crate.font.bold, color.font.bold) == (True, False)
    assert "Needed in every row." in crate.comment.text
    assert "Its mark." in crate.comment.text
    assert "For example: 0042" in crate.comment.text
    assert "May be left blank." in color.comment.text
    assert "accepted_values" in color.comment.text


def test_cells_are_text_so_that_leading_zeros_stay(book):
    groups = book["template"].column_dimensions.values()
    assert {group.number_format for group in groups} == {"@"}
    assert all(group.width >= 14 for group in groups)
    assert max(group.max for group in groups) == len(COLUMNS)


def test_accepted_values_stand_with_their_meaning(book):
    rows = list(book["accepted_values"].iter_rows(values_only=True))
    assert rows == [
        ("column", "value", "meaning"),
        *[("color", value, meaning) for value, meaning in COLORS],
        *[("ports", value, meaning) for value, meaning in PORTS],
    ]


def test_one_of_a_few_is_chosen_from_a_list_and_lists_are_typed(book):
    sheet = book["template"]
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, str(rule.sqref)) == ("list", "B2:B100001")
    place = rule.formula1.partition("!")[2].replace("$", "")
    assert [cell.value for (cell,) in book["accepted_values"][place]] == [value for value, _ in COLORS]


def test_what_a_spreadsheet_would_run_is_made_harmless(book):
    assert book["quays"]["B2"].value == "'=Cold"
    assert book["quays"]["B2"].data_type == "s"


def rows_of(content: bytes, name: str):
    sheet = open_sheet(content, name)
    return sheet.headers, list(sheet.rows())


@pytest.mark.django_db
@pytest.mark.parametrize("upload", [CRATES, *all_uploads()], ids=lambda upload: upload.name)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_untouched_template_is_a_file_without_rows(upload, kind):
    with pytest.raises(Unreadable) as refusal:
        open_sheet(template(upload, kind), f"template.{kind}")
    assert refusal.value.code == "no_rows"


@pytest.mark.django_db
@pytest.mark.parametrize("upload", [CRATES, *all_uploads()], ids=lambda upload: upload.name)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_all_headers_of_a_filled_template_are_known(upload, kind):
    headers, rows = rows_of(filled(upload, kind), f"template.{kind}")
    assert headers == list(upload.resource.columns)
    assert rows == [(2, ["007"] * len(headers))]
    matched = match(headers, upload.resource, remembered={})
    assert (matched.clear, matched.columns) == (True, headers)


def template(upload, kind: str) -> bytes:
    return csv_template(upload).encode() if kind == "csv" else xlsx_template(upload).read()


def filled(upload, kind: str) -> bytes:
    """With one row of texts, and every sheet left in."""
    cells = ["007"] * len(upload.resource.columns)
    if kind == "csv":
        return csv_template(upload).encode() + ",".join(cells).encode()
    book = openpyxl.load_workbook(xlsx_template(upload))
    book["template"].append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("upload", all_uploads(), ids=lambda upload: upload.name)
def test_what_a_template_says_is_accepted_is_accepted(upload):
    book = openpyxl.load_workbook(xlsx_template(upload))
    said = list(book["accepted_values"].iter_rows(min_row=2, values_only=True))
    for name, value, meaning in said:
        upload.resource.columns[name].widget.clean(value)
        assert meaning, (name, value)
