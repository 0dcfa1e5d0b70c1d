"""Past uploads, and files to take away."""

from __future__ import annotations

import io

import openpyxl
import pytest

from core.audit.models import AuditEntry
from core.imports.models import ImportRun
from tests.core.imports.engine.parcels import PARCELS
from tests.core.imports.screens.conftest import to, words

pytestmark = pytest.mark.django_db


def listed(clerk, query: str = "") -> str:
    return words(clerk.get(f"{to('list')}{query}").content.decode())


def test_past_uploads_say_who_what_when_and_what_came_of_it(clerk, desk):
    run = desk.processed("Ada,250,,", "Ben,x,,")
    text = listed(clerk)
    for part in ("parcels.csv", "Parcels", "Ines Abernathy", "Done", "$1.50"):
        assert part in text, part
    until = run.kept_until.strftime("%b %Y")
    assert until not in text.replace(run.created_at.strftime("%b %Y"), "")
    assert until in listed(clerk, "?columns=file_name&columns=file")


def test_an_empty_list_leads_to_the_upload_page(clerk):
    text = clerk.get(to("list")).content.decode()
    assert "Nothing has been uploaded yet." in text
    assert f'href="{to("upload")}"' in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"?type={PARCELS}", True),
        ("?type=agent", False),
        ("?status=parsed", True),
        ("?status=done", False),
        ("?who=abernathy", True),
        ("?who=nobody", False),
        ("?q=PARCELS.csv", True),
        ("?q=other", False),
        ("?day=2001-01-01", False),
    ],
)
def test_uploads_are_filtered_and_searched(clerk, faulty, query, found):
    assert ("parcels.csv" in listed(clerk, query)) is found


def test_the_day_of_the_upload_is_a_filter(clerk, faulty):
    assert "parcels.csv" in listed(clerk, f"?day={faulty.created_at.date().isoformat()}")


def test_uploads_of_types_that_one_may_not_handle_are_listed_too(outsider, faulty):
    assert "parcels.csv" in listed(outsider)


def test_a_question_is_told_in_the_list(clerk, desk):
    desk.read("Ada,1", header="Parcel,weight")
    assert "Has a question" in listed(clerk)


def test_a_deleted_file_is_told_in_the_list(clerk, faulty):
    ImportRun.objects.update(file_deleted_at=faulty.created_at)
    assert "Deleted" in listed(clerk, "?columns=file")


def test_the_list_asks_the_same_number_of_times_whatever_its_length(clerk, desk, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk.read("Ada,1,,")
    clerk.get(to("list"))
    with CaptureQueriesContext(connection) as one:
        clerk.get(to("list"))
    for number in range(2):
        desk.read(f"Ben{number},1,,")
    with django_assert_num_queries(len(one)):
        clerk.get(to("list"))


@pytest.mark.parametrize("which", ["all", "failed"])
def test_outcomes_are_taken_as_csv_and_that_is_recorded(clerk, faulty, which):
    answer = clerk.get(to("outcome_file", faulty.pk, which, "csv"))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == {"all": 4, "failed": 3}[which]
    assert "attachment" in answer["Content-Disposition"]
    entry = AuditEntry.objects.get(action="upload.exported")
    assert entry.changes == {"rows": [None, which], "format": [None, "csv"]}


def test_failed_rows_are_taken_as_xlsx_and_can_be_uploaded_again(clerk, desk, faulty):
    answer = clerk.get(to("outcome_file", faulty.pk, "failed", "xlsx"))
    content = b"".join(answer.streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.value for cell in sheet[1]][:4] == ["name", "weight", "code", "note"]
    again = desk.read(content=content)
    assert (again.status, again.rows_total, again.unknown_columns) == ("parsed", 2, [])


@pytest.mark.parametrize(("which", "kind"), [("some", "csv"), ("all", "pdf")])
def test_there_are_no_other_files(clerk, faulty, which, kind):
    assert clerk.get(to("outcome_file", faulty.pk, which, kind)).status_code == 404


def test_templates_have_the_columns(clerk):
    text = clerk.get(to("template", PARCELS, "csv")).content.decode("utf-8-sig")
    assert text.strip() == "name,weight,code,note"
    answer = clerk.get(to("template", PARCELS, "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames[:2] == ["template", "accepted_values"]
