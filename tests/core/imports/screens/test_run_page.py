"""The page of an upload: where it is, what comes next, its rows."""

from __future__ import annotations

import pytest

from core.imports.enums import Question, RunStatus
from core.imports.models import ImportRow, ImportRun
from core.jobs.models import Job
from tests.core.imports.screens.conftest import HOSTILE, page_of, to, words

pytestmark = pytest.mark.django_db


def said(clerk, run, query: str = "") -> str:
    return words(page_of(clerk, run, query))


def test_a_file_that_was_read_shows_what_each_row_would_do(clerk, desk):
    desk.processed("Ada,250,,")
    text = said(clerk, desk.read("Ada,300,,", "Ben,9,,", "Cy,x,,"))
    assert "2 rows ready to be processed" in text
    assert "All 3 New 1 Update 1 Error 1" in text
    assert "weight was 250 → becomes 300" in text
    assert "“x” is no weight; write whole grams, such as 250." in text


def test_while_it_is_read_the_page_follows_it(clerk, desk):
    run = desk.upload("Ada,250,,")
    text = page_of(clerk, run)
    assert f'hx-get="{to("progress", run.pk)}" hx-trigger="every 1s"' in text
    assert 'role="progressbar"' in text
    Job.objects.update(done=30, total=120)
    part = clerk.get(to("progress", run.pk)).content.decode()
    assert "30 of 120 rows · 25 %" in words(part)
    assert 'aria-valuenow="25"' in part


def test_when_it_has_been_read_the_page_loads_itself_once_more(clerk, faulty):
    assert clerk.get(to("progress", faulty.pk)).headers["HX-Refresh"] == "true"
    assert "every 1s" not in page_of(clerk, faulty)


def test_a_run_whose_job_died_says_so_and_can_go_on(clerk, desk):
    run = desk.upload("Ada,250,,")
    Job.objects.update(status="failed")
    assert clerk.get(to("progress", run.pk)).headers["HX-Refresh"] == "true"
    text = page_of(clerk, run)
    assert "came to no end" in text
    assert "Read again" in text
    assert "Upload another file" in text


def test_a_run_that_failed_while_processing_says_why_and_offers_to_go_on(clerk, desk, faulty):
    ImportRun.objects.filter(pk=faulty.pk).update(status=RunStatus.FAILED, message="The database was away.")
    text = said(clerk, faulty)
    assert "It stopped The database was away." in text
    assert "Go on" in text


@pytest.mark.parametrize("status", RunStatus.values)
@pytest.mark.parametrize("question", Question.values)
def test_every_status_has_a_page_and_a_way_on(clerk, faulty, status, question):
    ImportRun.objects.filter(pk=faulty.pk).update(status=status, question=question)
    text = said(clerk, faulty)
    assert "All uploads" in text
    assert "parcels.csv" in text


def test_columns_that_could_not_be_matched_are_asked_about(clerk, desk):
    run = desk.read("Ada,250", header="Parcel,weight")
    text = page_of(clerk, run)
    assert "Some columns have to be matched" in text
    assert f'href="{to("columns", run.pk)}"' in text


def test_unknown_columns_are_named_and_lead_to_the_matching(clerk, desk):
    text = page_of(clerk, desk.read("Ada,250,blue", header="name,weight,paint"))
    assert "“paint”" in text
    assert "Match columns" in text


def test_rows_are_narrowed_by_outcome_and_by_text(clerk, faulty):
    assert 'id="row-2"' not in page_of(clerk, faulty, "?show=error")
    assert 'id="row-3"' in page_of(clerk, faulty, "?show=error")
    found = page_of(clerk, faulty, "?q=cy")
    assert 'id="row-4"' in found
    assert 'id="row-3"' not in found
    assert "No row is about “nobody”." in said(clerk, faulty, "?q=nobody")


@pytest.mark.parametrize(
    "query", ["?show=nothing", "?after=abc", "?after=99999", "?before=0", "?q=%00", "?after=9" * 30]
)
def test_addresses_that_mean_nothing_show_the_first_page(clerk, faulty, query):
    assert 'id="row-2"' in page_of(clerk, faulty, query)


def test_pages_go_by_fifty_rows(clerk, desk):
    run = desk.read(*(f"P{number:03},1,," for number in range(120)))
    first = page_of(clerk, run)
    assert "1 to 50 of 120" in first
    assert 'href="?after=51#rows"' in first
    second = page_of(clerk, run, "?after=51")
    assert "51 to 100 of 120" in second
    assert 'href="?before=52#rows"' in second
    assert "1 to 50 of 120" in page_of(clerk, run, "?before=52")
    last = page_of(clerk, run, "?after=101")
    assert "101 to 120 of 120" in last
    assert 'rel="next"' not in last


def test_the_page_asks_the_database_the_same_number_of_times_whatever_the_rows(
    clerk, desk, django_assert_max_num_queries
):
    few, many = desk.read("Ada,1,,"), desk.read(*(f"P{number},x,," for number in range(50)))
    clerk.get(to("run", few.pk))
    for run in (few, many):
        with django_assert_max_num_queries(25):
            clerk.get(to("run", run.pk))


def test_blank_is_blank(clerk, desk):
    run = desk.read("Ada,x,,")
    text = page_of(clerk, run)
    assert 'name="cell-2-note" value=""' in text
    assert "None" not in words(text)


def test_secrets_are_shown_by_their_ends_and_never_put_into_an_input(clerk, desk):
    run = desk.read("Ada,x,supersecret99,")
    for address in (to("run", run.pk), to("row", run.pk, 2)):
        text = clerk.get(address).content.decode()
        assert "supersecret99" not in text
        assert "•••-••-et99" in text
        assert 'name="cell-2-code" value=""' in text
        assert 'type="password"' in text


def test_what_strangers_write_into_files_is_escaped(clerk, desk):
    hostile = HOSTILE
    quoted = '"' + hostile.replace('"', '""') + '"'
    lines = [f"{quoted},{quoted},abc,{quoted}", f"{quoted}2,5,,"]
    run = desk.read(*lines, header=f"name,weight,code,{quoted}")
    assert "<script>" in ImportRow.objects.filter(run=run).first().label
    addresses = [
        to("run", run.pk),
        f"{to('run', run.pk)}?q={hostile}",
        to("row", run.pk, 2),
        to("row", run.pk, 3),
        to("columns", run.pk),
        f"{to('progress', run.pk)}?part=summary",
    ]
    for address in addresses:
        answer = clerk.get(address)
        assert answer.status_code == 200, address
        assert b"<script>alert" not in answer.content, address


def test_one_row_shows_all_its_cells_and_leads_to_the_next_faulty_one(clerk, desk):
    run = desk.read("Ada,250,,n,blue", "Ben,x,,,", "Cy,y,,,", header="name,weight,code,note,paint")
    text = clerk.get(to("row", run.pk, 2)).content.decode()
    assert "paint (kept, not used)" in text
    assert f'href="{to("row", run.pk, 3)}"' in text
    assert f'href="{to("row", run.pk, 4)}"' in clerk.get(to("row", run.pk, 3)).content.decode()
    assert clerk.get(to("row", run.pk, 99)).status_code == 404


def test_values_that_a_message_offers_are_one_click_away(clerk, faulty):
    row = faulty.rows.get(number=3)
    row.problems[0]["message"] = "There is no such weight. Did you mean “250” or “2500”?"
    row.save()
    text = page_of(clerk, faulty)
    assert 'data-offer="250" data-cell="cell-3-weight"' in text
    assert 'data-offer="2500"' in text


def test_what_processing_left_is_told_by_tabs(clerk, desk):
    run = desk.processed("Ada,250,,", "Ben,x,,")
    text = said(clerk, run)
    assert "Done 1 row done, 1 left out with errors." in text
    assert "Done 1" in text
    assert 'id="row-2"' in page_of(clerk, run, "?show=done")
    assert 'id="row-3"' not in page_of(clerk, run, "?show=done")


def test_failed_rows_are_offered_as_a_file_with_what_to_do(clerk, faulty):
    text = page_of(clerk, faulty)
    assert "mend them in your spreadsheet and upload the file again" in words(text)
    assert to("outcome_file", faulty.pk, "failed", "csv") in text
    assert to("outcome_file", faulty.pk, "failed", "xlsx") in text


def test_an_upload_without_faults_offers_no_file_of_them(clerk, desk):
    run = desk.read("Ada,250,,")
    assert to("outcome_file", run.pk, "failed", "csv") not in page_of(clerk, run)


def test_a_row_that_is_done_leads_to_what_it_made(clerk, desk, upload, monkeypatch):
    def leads(_self, row):
        return [(f"thing {number}", f"/things/{number}/") for number in range(5)] if row.effect else []

    monkeypatch.setattr(type(upload), "row_leads_to", leads)
    run = desk.processed("Ada,250,,")
    page = page_of(clerk, run)
    assert 'href="/things/2/"' in page
    assert 'href="/things/3/"' not in page
    assert "and 2 more" in page
    assert 'href="/things/4/"' in clerk.get(to("row", run.pk, 2)).content.decode()


def test_what_processing_spends_anyhow_stands_in_the_button(clerk, faulty, upload, monkeypatch):
    monkeypatch.setattr(
        type(upload), "spending_in_words", lambda _self, foreseen: f"for {foreseen['cost_cents']}"
    )
    assert "Process 1 row, for 150" in said(clerk, faulty)


def test_a_file_that_cannot_be_read_is_not_offered_to_be_read_again(clerk, desk):
    run = desk.upload("Ada,250,,")
    why = "This is no table."
    Job.objects.update(status="failed", error=why)
    ImportRun.objects.filter(pk=run.pk).update(status=RunStatus.FAILED, message=why)
    text = said(clerk, run)
    assert "Read again" not in text
    assert "Upload another file" in text
    assert "Leave it" in text
    assert "Cancel" not in text


def test_why_rows_are_skipped_is_counted(clerk, desk):
    run = desk.read("Ada,1,,", "Ben,2,,", "Cy,3,,")
    for row, reason in zip(
        run.rows.order_by("number"), ("No default.", "No default.", "Too late."), strict=True
    ):
        row.outcome = "skipped"
        row.problems = [{"level": "warning", "column": "", "code": "x", "message": reason, "value": ""}]
        row.save()
    text = said(clerk, run)
    assert "Every row is skipped." in text
    assert "2 rows: No default. 1 row: Too late." in text
    assert "Mend" not in text


def test_cancelling_when_all_is_done_says_that_there_was_nothing_left(clerk, desk):
    run = desk.processed("Ada,250,,", "Ben,9,,")
    ImportRun.objects.filter(pk=run.pk).update(status=RunStatus.CANCELLED)
    assert "all 2 rows, had been done and stay done" in said(clerk, run)
    ImportRun.objects.filter(pk=run.pk).update(status=RunStatus.PROCESSING)
    assert "Cancel the rest" not in said(clerk, run)
