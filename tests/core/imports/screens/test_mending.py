"""Rows mended in the browser."""

from __future__ import annotations

import json

import pytest
from django.utils.html import escape

from core.imports.models import ImportRow, ImportRun
from core.imports.views import mending
from tests.core.imports.screens.conftest import page_of, plain, to, words

pytestmark = pytest.mark.django_db


def was(**cells: str) -> str:
    return json.dumps(cells)


def save(clerk, run, query: str = "", **cells: str):
    """Save the page as a browser would: each row with what it said before."""
    data: dict[str, object] = {"row": [], **cells}
    for row in run.rows.filter(outcome="error"):
        data["row"].append(row.number)
        data[f"was-{row.number}"] = was(**{name: text for name, text in row.cells.items() if name != "code"})
    return clerk.post(f"{to('rows', run.pk)}{query}", data)


def test_a_mended_page_is_saved_and_checked_and_goes_to_the_next_fault(clerk, faulty):
    answer = save(clerk, faulty, "?show=error", **{"cell-3-weight": "300"})
    assert answer["Location"] == f"{to('run', faulty.pk)}?show=error#cell-4-weight"
    faulty.refresh_from_db()
    assert faulty.counts["error"] == 1
    assert ImportRow.objects.get(run=faulty, number=3).mended
    assert "1 row saved and checked. 1 still has errors." in words(page_of(clerk, faulty, "?show=error"))
    assert "saved and checked" not in page_of(clerk, faulty, "?show=error")


def test_what_saving_came_to_is_said_once_and_not_in_the_rows_that_are_still_wrong(clerk, faulty):
    save(clerk, faulty, "?show=error", **{"cell-3-weight": "300"})
    page = page_of(clerk, faulty, "?show=error")
    assert page.count("1 row saved and checked.") == 1
    assert 'role="alert"' not in page


def test_several_rows_are_saved_at_once(clerk, faulty):
    answer = save(clerk, faulty, **{"cell-3-weight": "300", "cell-4-weight": "400", "cell-4-code": "abcde"})
    assert answer["Location"].endswith("#rows")
    assert set(faulty.rows.values_list("outcome", flat=True)) == {"new"}
    assert "2 rows saved and checked. No row has errors any more." in page_of(clerk, faulty)


def test_a_page_stays_where_it_was(clerk, desk):
    run = desk.read(*(f"P{number:03},x,," for number in range(60)))
    answer = save(clerk, run, "?show=error&after=51", **{"cell-55-weight": "5"})
    assert answer["Location"].startswith(f"{to('run', run.pk)}?show=error&after=51#cell-")


def test_a_row_that_is_saved_alone_comes_back_with_what_is_still_wrong(clerk, faulty):
    data = {"was-3": was(name="Ben", weight="heavy"), "cell-3-weight": "tons"}
    answer = clerk.post(to("row", faulty.pk, 3), data, HTTP_HX_REQUEST="true")
    text = plain(answer.content.decode())
    assert answer.headers["HX-Trigger-After-Swap"] == "uploads:row-saved"
    assert text.startswith('<tr id="row-3"')
    assert "“tons” is no weight" in text
    assert 'aria-invalid="true" aria-describedby="cell-3-weight-error"' in text


def test_a_row_that_is_right_now_comes_back_without_inputs(clerk, faulty):
    data = {"was-3": was(name="Ben", weight="heavy"), "cell-3-weight": "300"}
    text = clerk.post(to("row", faulty.pk, 3), data, HTTP_HX_REQUEST="true").content.decode()
    assert "cell-3-weight" not in text
    assert "New" in text


def test_what_stands_above_the_rows_is_told_anew(clerk, faulty):
    save(clerk, faulty, **{"cell-3-weight": "300"})
    text = words(clerk.get(f"{to('progress', faulty.pk)}?part=summary&show=error").content.decode())
    assert "2 rows ready to be processed" in text
    assert "Error 1" in text


def test_without_the_script_a_row_is_mended_on_its_own_page(clerk, faulty):
    data = {"was-3": was(name="Ben", weight="heavy"), "cell-3-weight": "300"}
    answer = clerk.post(to("row", faulty.pk, 3), data)
    assert answer["Location"] == f"{to('row', faulty.pk, 3)}#row-3"
    assert ImportRow.objects.get(run=faulty, number=3).outcome == "new"


def test_nothing_changed_is_said_and_nothing_is_written(clerk, faulty):
    save(clerk, faulty, **{"cell-3-weight": "heavy"})
    assert not faulty.rows.filter(mended=True).exists()
    assert "Nothing was changed." in page_of(clerk, faulty)


def test_a_cell_that_somebody_else_mended_meanwhile_is_left_alone(clerk, desk, faulty):
    row = ImportRow.objects.get(run=faulty, number=4)
    row.cells["name"] = "Cyrus"
    row.save()
    data = {"row": [4], "was-4": was(name="Cy", weight="x"), "cell-4-name": "Cy", "cell-4-weight": "7"}
    clerk.post(to("rows", faulty.pk), data)
    row.refresh_from_db()
    assert (row.cells["name"], row.cells["weight"]) == ("Cyrus", "7")


def test_a_blank_secret_stays_and_a_new_one_is_kept_out_of_sight(clerk, desk):
    run = desk.read("Ada,x,supersecret99,")
    save(clerk, run, **{"cell-2-weight": "y", "cell-2-code": ""})
    row = ImportRow.objects.get(run=run, number=2)
    assert json.loads(row.secrets) == {"code": "supersecret99"}
    save(clerk, run, **{"cell-2-code": "othersecret11"})
    row.refresh_from_db()
    assert json.loads(row.secrets) == {"code": "othersecret11"}
    assert "othersecret11" not in page_of(clerk, run)


def test_a_secret_is_left_out_when_that_is_ticked(clerk, desk):
    run = desk.read("Ada,x,supersecret99,")
    save(clerk, run, **{"cell-2-weight": "5", "cell-2-code": "", "empty-cell-2-code": "on"})
    row = ImportRow.objects.get(run=run, number=2)
    assert "code" not in row.cells
    assert not row.secrets


def test_a_large_upload_is_checked_when_the_person_asks(clerk, faulty, monkeypatch):
    monkeypatch.setattr(mending, "CHECKED_AT_ONCE", 2)
    save(clerk, faulty, **{"cell-3-weight": "300"})
    faulty.refresh_from_db()
    assert faulty.check_due
    text = words(page_of(clerk, faulty))
    assert "Choose “Check again” when you have mended what you want." in text
    assert "Rows were mended since they were checked: check again first." in text
    assert "Process 2 rows" not in text


def test_what_cannot_be_kept_is_refused_with_the_row_and_the_rest_is_untouched(clerk, faulty):
    save(clerk, faulty, **{"cell-3-note": "n" * 10_001})
    text = page_of(clerk, faulty)
    assert "Row 3 was not saved." in text
    assert "10,000 characters" in text


@pytest.mark.parametrize(
    "data", [{"row": ["x", "99999999999", "77"]}, {}, {"row": ["3"], "was-3": "[1", "cell-3-weight": "5"}]
)
def test_forms_that_no_page_made_do_no_harm(clerk, faulty, data):
    assert clerk.post(to("rows", faulty.pk), data).status_code == 302


def test_rows_that_are_done_are_not_mended(clerk, desk):
    run = desk.processed("Ada,250,,")
    clerk.post(to("rows", run.pk), {"row": ["2"], "cell-2-weight": "9", "was-2": was(weight="250")})
    assert "Row 2 was not saved. Row 2 is done already." in page_of(clerk, run)


def test_failed_rows_of_an_upload_that_is_done_are_mended_and_processed(clerk, desk):
    run = desk.processed("Ada,250,,", "Ben,x,,")
    save(clerk, run, **{"cell-3-weight": "5"})
    run.refresh_from_db()
    assert run.status == "parsed"
    assert "1 row ready to be processed" in page_of(clerk, run)


def test_texts_typed_into_cells_are_escaped(clerk, faulty):
    save(clerk, faulty, **{"cell-3-weight": '"><script>alert(1)</script>'})
    raw = clerk.get(to("run", faulty.pk)).content.decode()
    assert "<script>alert" not in raw
    assert escape('"><script>alert(1)</script>') in raw
    assert ImportRun.objects.get(pk=faulty.pk).counts["error"] == 2


def test_a_good_row_is_changed_on_its_own_page(clerk, desk):
    run = desk.read("Ada,250,,")
    assert "cell-2-weight" not in page_of(clerk, run)
    assert 'name="cell-2-weight" value="250"' in plain(clerk.get(to("row", run.pk, 2)).content.decode())
    clerk.post(to("row", run.pk, 2), {"was-2": was(weight="250"), "cell-2-weight": "300"})
    assert ImportRow.objects.get(run=run).changes == {"weight": ["", "300"]}


def test_a_row_with_a_warning_leads_to_its_cells(clerk, desk):
    run = desk.read("Ada,250,,")
    row = ImportRow.objects.get(run=run)
    row.problems = [
        {"level": "warning", "column": "", "code": "x", "message": "Choose a reason.", "value": ""}
    ]
    row.save()
    assert "Change its cells" in page_of(clerk, run)


def test_saving_a_row_alone_says_so_and_tells_the_place_among_the_rows_anew(clerk, faulty):
    data = {"was-3": was(name="Ben", weight="heavy"), "cell-3-weight": "300"}
    text = plain(clerk.post(to("row", faulty.pk, 3), data, HTTP_HX_REQUEST="true").content.decode())
    assert 'data-swapped="Row 3 saved and checked. 1 still has errors."' in text
    again = plain(clerk.get(f"{to('progress', faulty.pk)}?part=summary&show=error").content.decode())
    assert 'id="rows-place" hx-swap-oob="true">1 to 1 of 1<' in again
    assert "hx-swap-oob" not in page_of(clerk, faulty)


def test_rows_that_are_done_are_told_while_mended_ones_wait_and_when_they_can_be_undone(clerk, desk):
    run = desk.processed("Ada,250,,", "Ben,x,,")
    assert "nothing more has been changed yet" not in page_of(clerk, run)
    save(clerk, run, **{"cell-3-weight": "5"})
    text = words(page_of(clerk, run))
    assert "1 row is done; nothing more has been changed yet." in text
    assert "can be undone once the rest is processed or cancelled" in text
