"""Processing, pausing, going on, cancelling, undoing, answering: from the buttons."""

from __future__ import annotations

import pytest

from core.imports.models import ImportRun
from core.jobs.models import Job
from tests.core.imports.screens.conftest import page_of, to, words
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db


@pytest.fixture
def spending(desk) -> ImportRun:
    """Two rows at $1.50 each, to be sent at once."""
    return desk.read("Ada,250,,", "Ben,9,,", "Cy,x,,", options={"send": "true"})


def test_rows_are_processed_by_one_press_when_nothing_is_spent(clerk, desk, faulty):
    assert "Process 1 row" in page_of(clerk, faulty)
    assert clerk.post(to("process", faulty.pk))["Location"] == to("run", faulty.pk)
    faulty.refresh_from_db()
    assert faulty.status == "processing"
    desk.work(faulty)
    assert Parcel.objects.get().name == "Ada"
    assert "1 row done" in words(page_of(clerk, faulty))


def test_spending_asks_first_and_states_count_and_cost(clerk, spending):
    page = page_of(clerk, spending)
    assert "Process and submit for $3.00…" in page
    assert f'href="{to("process", spending.pk)}"' in page
    text = clerk.get(to("process", spending.pk)).content.decode()
    assert "Process 2 rows of parcels.csv?" in words(text)
    assert "Process and submit for $3.00" in words(text)
    assert 'name="confirm_cents" value="300"' in text
    assert "1 row with errors is left out" in words(text)


def test_spending_goes_on_with_the_cost_that_was_agreed_to(clerk, spending):
    clerk.post(to("process", spending.pk), {"confirm_cents": "300"})
    spending.refresh_from_db()
    assert (spending.status, spending.confirmed_cents) == ("processing", 300)


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"confirm_cents": "250"}, "You agreed to $2.50; now it is $3.00."),
        ({}, "It is $3.00 now."),
        ({"confirm_cents": "-1"}, "It is $3.00 now."),
    ],
)
def test_another_cost_than_agreed_is_shown_and_nothing_is_processed(clerk, spending, posted, sentence):
    answer = clerk.post(to("process", spending.pk), posted)
    assert answer.status_code == 409
    assert sentence in words(answer.content.decode())
    assert b'name="confirm_cents" value="300"' in answer.content
    spending.refresh_from_db()
    assert spending.status == "parsed"


def test_pause_resume_and_cancel_the_rest(clerk, faulty):
    clerk.post(to("process", faulty.pk))
    clerk.post(to("pause", faulty.pk))
    text = words(page_of(clerk, faulty))
    assert "Paused" in text
    assert "Resume" in text
    clerk.post(to("resume", faulty.pk))
    assert "Pause" in words(page_of(clerk, faulty))
    clerk.post(to("cancel", faulty.pk))
    faulty.refresh_from_db()
    assert faulty.status == "cancelled"
    assert "Upload another file" in page_of(clerk, faulty)


def test_what_is_not_possible_any_more_is_explained(clerk, faulty):
    text = words(clerk.post(to("pause", faulty.pk), follow=True).content.decode())
    assert "“pause” is not possible while it is “parsed”." in text


def test_check_again_judges_by_the_facts_of_now(clerk, faulty):
    Parcel.objects.create(name="Ada", weight=250)
    clerk.post(to("check", faulty.pk))
    faulty.refresh_from_db()
    assert faulty.counts["unchanged"] == 1


def test_a_failed_reading_is_read_again(clerk, desk):
    run = desk.upload("Ada,250,,")
    Job.objects.update(status="failed")
    clerk.get(to("run", run.pk))
    clerk.post(to("check", run.pk))
    run.refresh_from_db()
    assert run.status == "parsing"
    assert desk.work(run).status == "parsed"


def test_undo_says_what_is_taken_back_and_takes_it_back(clerk, desk):
    run = desk.processed("Ada,250,,", "Ben,9,,")
    Parcel.objects.filter(name="Ben").update(status="sent")
    page = page_of(clerk, run)
    assert f'href="{to("undo", run.pk)}"' in page
    text = words(clerk.get(to("undo", run.pk)).content.decode())
    assert "2 rows made something new." in text
    assert "What is not:" in text
    clerk.post(to("undo", run.pk))
    run.refresh_from_db()
    desk.work(run)
    assert list(Parcel.objects.values_list("name", flat=True)) == ["Ben"]
    text = words(page_of(clerk, run))
    assert "1 row taken back; 1 stays, since something has built on it." in text
    assert "The parcel has been sent." in text


def test_there_is_nothing_to_undo_before_anything_was_done(clerk, faulty):
    assert to("undo", faulty.pk) not in page_of(clerk, faulty)
    assert clerk.get(to("undo", faulty.pk))["Location"] == to("run", faulty.pk)


@pytest.mark.parametrize(("answer", "status"), [("yes", "parsing"), ("no", "cancelled"), ("", "cancelled")])
def test_the_same_file_is_read_only_when_that_is_the_answer(clerk, desk, answer, status):
    desk.read("Ada,250,,")
    again = desk.upload("Ada,250,,")
    assert again.question == "same_file"
    clerk.post(to("answer", again.pk), {"read": answer})
    again.refresh_from_db()
    assert (again.status, again.question) == (status, "")


def test_processing_with_an_option_takes_the_right_of_the_option(staff, client_of, desk):
    run = desk.read("Ada,250,,", options={"send": "true"})
    other = client_of(staff("imports.add_importrun", "producers.add_producer", email="o@example.com"))
    assert other.post(to("process", run.pk), {"confirm_cents": "150"}).status_code in {403, 404}
    run.refresh_from_db()
    assert run.status == "parsed"
