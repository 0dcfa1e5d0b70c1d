"""Which header means which column."""

from __future__ import annotations

import pytest

from core.imports.models import HeaderMatch, ImportRun
from core.imports.resource import Column, UploadResource
from core.imports.types import register
from tests.core.imports.engine import parcels
from tests.core.imports.screens.conftest import page_of, plain, to, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def odd(desk) -> ImportRun:
    """A file whose required column goes by another name."""
    return desk.read("Ada,250,123-45-6789", "Ben,9,987654321", header="Parcel,Weight in g,Tax ID")


def choose(clerk, run, *columns: str, **more: str):
    return clerk.post(to("columns", run.pk), {f"column-{at}": name for at, name in enumerate(columns)} | more)


def test_each_header_stands_with_values_and_the_likeliest_column(clerk, odd):
    text = plain(clerk.get(to("columns", odd.pk)).content.decode())
    assert "A column that is needed is missing: <code>name</code>" in text.replace("</strong> ", "")
    assert "Weight in g" in text
    assert '<span class="u-sample">250</span>' in text
    assert '<option value="weight" selected>weight</option>' in text
    assert 'name="remember" checked' in text


def test_what_looks_like_a_tax_number_is_shown_by_its_end(clerk, odd):
    text = clerk.get(to("columns", odd.pk)).content.decode()
    assert "123-45-6789" not in text
    assert "987654321" not in text
    assert "•••-••-6789" in text


def test_the_file_is_read_with_the_columns_chosen_and_they_are_remembered(clerk, desk, odd):
    answer = choose(clerk, odd, "name", "weight", "code", remember="on")
    assert answer["Location"] == to("run", odd.pk)
    odd.refresh_from_db()
    desk.work(odd)
    assert (odd.status, odd.counts["new"]) == ("parsed", 2)
    assert HeaderMatch.objects.get(header="parcel").column == "name"
    assert desk.read("Cy,1", header="Parcel,Weight in g").status == "parsed"


def test_nothing_is_remembered_when_that_is_unticked(clerk, odd):
    choose(clerk, odd, "name", "weight", "")
    assert not HeaderMatch.objects.exists()


def test_a_needed_column_that_no_header_has_is_named_and_the_choices_stay(clerk, odd):
    answer = choose(clerk, odd, "", "weight", "note")
    text = plain(answer.content.decode())
    assert answer.status_code == 400
    assert 'role="alert"' in text
    assert "<code>name</code>" in text
    assert '<option value="note" selected>' in text
    assert 'href="' + to("upload") in text
    odd.refresh_from_db()
    assert odd.question == "columns"


def test_one_column_for_two_headers_is_told_at_both(clerk, odd):
    answer = choose(clerk, odd, "name", "note", "note")
    text = words(plain(answer.content.decode()))
    assert answer.status_code == 400
    assert text.count("“Weight in g” and “Tax ID” cannot both be note.") == 2


def test_columns_there_are_none_of_are_left_out(clerk, odd):
    assert choose(clerk, odd, "name", "__class__", "").status_code == 302


def test_a_file_that_was_read_can_be_matched_anew_and_says_what_is_lost(clerk, desk):
    run = desk.read("Ada,x,blue", header="name,weight,paint")
    run.rows.update(mended=True)
    assert "1 row was mended here." in words(clerk.get(to("columns", run.pk)).content.decode())
    choose(clerk, run, "name", "weight", "note")
    run.refresh_from_db()
    desk.work(run)
    assert run.columns == ["name", "weight", "note"]


def test_columns_are_not_chosen_any_more_once_rows_were_processed(clerk, desk):
    run = desk.processed("Ada,5,blue", header="name,weight,paint")
    assert "Match columns" not in page_of(clerk, run)
    choose(clerk, run, "name", "weight", "note")
    assert "cannot be chosen now" in page_of(clerk, run)


def test_the_columns_of_a_file_of_failed_rows_are_not_asked_about(clerk, desk):
    run = desk.read("Ada,x,blue,why,1:2", header="name,weight,paint,reason,upload_row")
    text = words(clerk.get(to("columns", run.pk)).content.decode())
    assert "paint" in text
    assert "upload_row" not in text


class CrateResource(UploadResource):
    crate = Column("crate", required=True)
    depth = Column("depth", required=True)


class CrateUpload(parcels.ParcelUpload):
    name = "crates"
    title = "Crates"
    resource = CrateResource()


def test_a_file_of_another_type_is_told_and_leads_there(clerk, desk):
    register(CrateUpload())
    run = desk.read("1,2", header="crate,depth")
    for address in (to("columns", run.pk), to("run", run.pk)):
        text = plain(clerk.get(address).content.decode())
        assert "This looks like a file of “Crates”." in text
        assert f'href="{to("upload")}?type=crates"' in text
    other = desk.read("Ada,2,3", header="name,depth,size", again=True)
    assert "This looks like" not in page_of(clerk, other)


def test_a_type_that_one_may_not_use_is_not_offered(clerk, desk, monkeypatch):
    monkeypatch.setattr(CrateUpload, "right", "producers.delete_producer")
    register(CrateUpload())
    run = desk.read("1,2", header="crate,depth")
    assert "This looks like" not in page_of(clerk, run)
