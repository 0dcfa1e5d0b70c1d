"""The page of a new upload."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import FakePayload

from core.imports.models import ImportRun
from core.imports.uploading import LARGEST_REQUEST
from core.imports.views import upload as page
from tests.core.imports.engine.parcels import PARCELS
from tests.core.imports.screens.conftest import HOSTILE, csv_file, plain, to, words

pytestmark = pytest.mark.django_db
FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def send(clerk: Client, *files, kind: str = PARCELS, **more):
    fields = {name: value for name, value in more.items() if not name.startswith("HTTP_")}
    headers = {name: value for name, value in more.items() if name.startswith("HTTP_")}
    return clerk.post(to("upload"), {"type": kind, "file": list(files), **fields}, **headers)


def test_a_type_tells_what_a_row_does_and_what_its_columns_take(clerk):
    text = words(clerk.get(to("upload")).content.decode())
    assert "Parcels" in text
    assert "A row is a parcel." in text
    assert "Needed" in text
    assert "Optional" in text
    assert "Parcel Name" in text


def test_the_address_chooses_a_type(clerk):
    text = plain(clerk.get(f"{to('upload')}?type={PARCELS}").content.decode())
    assert f'value="{PARCELS}" aria-describedby="intro-{PARCELS}" checked' in text


def test_a_type_without_its_right_says_which_it_takes(outsider):
    text = words(outsider.get(to("upload")).content.decode())
    assert "There is no type of upload you may use yet" in text
    assert "needs the right “can add producer”" in text


def test_one_file_leads_to_its_page(clerk, worker):
    answer = send(clerk, csv_file("Ada,250,,"))
    run = ImportRun.objects.get()
    assert answer["Location"] == to("run", run.pk)
    assert (run.type, run.file_name, run.asked_by_user_id) == (PARCELS, "parcels.csv", worker.pk)


def test_several_files_make_an_upload_each(clerk):
    answer = send(clerk, csv_file("Ada,1,,", name="a.csv"), csv_file("Ben,2,,", name="b.csv"))
    assert answer["Location"] == to("list")
    assert set(ImportRun.objects.values_list("file_name", flat=True)) == {"a.csv", "b.csv"}


def test_options_go_with_the_file_and_those_of_other_types_do_not(clerk, worker):
    send(
        clerk, csv_file("Ada,1,,"), **{f"{PARCELS}-speed": "fast", f"{PARCELS}-send": "1", "agent-other": "1"}
    )
    assert ImportRun.objects.get().options == {"send": True, "speed": "fast"}


def test_a_box_that_is_not_ticked_says_no(clerk):
    send(clerk, csv_file("Ada,1,,"), **{f"{PARCELS}-speed": "slow"})
    assert ImportRun.objects.get().options == {"send": False, "speed": "slow"}


def test_a_wrong_option_is_told_at_its_field_and_what_was_chosen_stays(clerk):
    answer = send(clerk, csv_file("Ada,1,,"), **{f"{PARCELS}-speed": "warp", f"{PARCELS}-send": "1"})
    text = plain(answer.content.decode())
    assert answer.status_code == 400
    assert "“warp” is none of slow, fast." in text
    assert f'id="{PARCELS}-send" name="{PARCELS}-send" value="1" checked' in text
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "Choose a file, or drop one here."),
        ([SimpleUploadedFile("empty.csv", b"")], "“empty.csv”: The file is empty."),
    ],
)
def test_what_cannot_be_read_is_told_beside_the_file(clerk, files, sentence):
    answer = send(clerk, *files)
    assert answer.status_code == 400
    assert sentence in plain(answer.content.decode())
    assert f'value="{PARCELS}" aria-describedby="intro-{PARCELS}" checked' in plain(answer.content.decode())


def test_a_file_that_is_too_large_is_told_with_its_size_and_the_others_are_taken(clerk, monkeypatch):
    monkeypatch.setattr(page, "LARGEST_FILE", 60)
    answer = send(clerk, csv_file("Ada,1,,", name="a.csv"), csv_file(*["Ben,2,,"] * 9, name="b.csv"))
    text = plain(answer.content.decode())
    assert "“b.csv”: The file has" in text
    assert "These files were taken" in text
    assert ImportRun.objects.get().file_name == "a.csv"


def test_a_body_beyond_the_limit_is_told_on_the_page_before_it_is_read(clerk):
    answer = clerk.generic("POST", to("upload"), b"x", content_type="multipart/form-data; boundary=y",
        CONTENT_LENGTH=str(LARGEST_REQUEST + 1), **{"wsgi.input": FakePayload(b"x")})  # fmt: skip
    assert answer.status_code == 400
    assert "A file may have 20 MB; this is more." in plain(answer.content.decode())


def test_a_type_has_to_be_chosen(clerk):
    answer = send(clerk, csv_file("Ada,1,,"), kind="")
    assert "Choose what the file is about." in plain(answer.content.decode())


def test_a_type_without_its_right_cannot_be_posted(outsider):
    assert send(outsider, csv_file("Ada,1,,")).status_code == 400
    assert not ImportRun.objects.exists()


def test_the_script_is_told_where_the_upload_is(clerk):
    answer = send(clerk, csv_file("Ada,1,,"), **FETCH)
    run = ImportRun.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "uploads": [{"name": "parcels.csv", "url": to("run", run.pk), "question": ""}],
        "errors": {},
    }


def test_the_script_is_told_what_is_wrong_at_which_field(clerk):
    answer = send(clerk, SimpleUploadedFile("e.csv", b""), **FETCH)
    assert answer.status_code == 400
    assert answer.json()["uploads"] == []
    assert answer.json()["errors"]["file"][0].startswith("“e.csv”: The file is empty.")


def test_the_same_file_again_asks_and_names_the_earlier_upload(clerk, desk):
    desk.processed("Ada,250,,", "Ben,x,,")
    send(clerk, csv_file("Ada,250,,", "Ben,x,,", name="again.csv"))
    run = ImportRun.objects.latest("pk")
    text = words(clerk.get(to("run", run.pk)).content.decode())
    assert "This file was uploaded before" in text
    assert "Ines Abernathy uploaded it on" in text
    assert "as “parcels.csv”. It is done: of 2 rows, 1 done, 1 with errors or failed." in text
    assert "Read it anyway" in text
    assert "Open the earlier upload" in text


def test_names_of_files_are_escaped_wherever_they_stand(clerk):
    answer = send(clerk, SimpleUploadedFile(f"{HOSTILE}.csv".replace("/", "|"), b""))
    assert b"<script>alert" not in answer.content
    content = io.BytesIO(b"name,weight\nAda,1\n")
    content.name = f"{HOSTILE}.csv".replace("/", "|")
    send(clerk, content)
    run = ImportRun.objects.get()
    assert "<script>" in run.file_name
    for address in (to("run", run.pk), to("list"), to("process", run.pk), to("columns", run.pk)):
        assert b"<script>alert" not in clerk.get(address).content, address
