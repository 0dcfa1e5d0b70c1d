"""Social security numbers and other secrets stand nowhere in the clear."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from core.imports import hiding, services
from core.imports.enums import Outcome
from core.imports.models import ImportRow
from core.imports.resource import last_four, problem
from core.jobs.models import Job, JobLog
from tests.core.imports.engine.conftest import row

SSN = "078-05-1120"
BARE = "078051120"


def everything() -> str:
    """All that the database holds of uploads, jobs and the trail, as text."""
    found = []
    for table in ("imports_importrun", "imports_importrow", "jobs_job", "jobs_joblog", "audit_auditentry"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            found += [repr([bytes(v) if isinstance(v, memoryview) else v for v in line]) for line in cursor]
    return "\n".join(found)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (SSN, "•••-••-1120"),
        (BARE, "•••-••-1120"),
        ("1120", "•••"),
        ("", "•••"),
        ("AB-12345-X9Z8", "•••-••-X9Z8"),
    ],
)
def test_of_a_secret_no_more_than_its_last_four_are_shown(text, shown):
    assert last_four(text) == shown


@pytest.mark.parametrize(
    "text", [SSN, "078 05 1120", "078–05–1120", "078 - 05 - 1120", "see 078-05-1120, twice"]
)
def test_what_looks_like_one_is_hidden(text):
    assert "•••-••-1120" in hiding.hidden(text)
    assert problem("note", "x", text, text)["message"] == hiding.hidden(text)


@pytest.mark.parametrize("text", ["078.05.1120", "078_05_1120", "078/05/1120"])
def test_what_is_parted_otherwise_is_hidden_as_well(text):
    assert hiding.hidden(f"list of {text}.csv") == "list of •••-••-1120.csv"


@pytest.mark.parametrize("text", [SSN, "078 05 1120", f"old number: {SSN}"])
def test_a_number_in_a_column_for_all_to_see_is_refused_until_it_is_taken_out(desk, text):
    run = desk.read(f"a,1,,{text}")
    [said] = row(run, 2).problems_of("error")
    assert (said["column"], said["code"]) == ("note", "looks_secret")
    assert "it belongs in code" in said["message"]
    services.mend(run, 2, {"note": "fine"}, actor=desk.actor)
    services.check_again(run, actor=desk.actor)
    assert (row(run, 2).outcome, row(run, 2).problems, row(run, 2).secrets) == ("new", [], None)


@pytest.mark.parametrize(
    "text", ["2026-11-21", "555-123-4567", BARE, "1078-05-1120", "078-05-11201", "$1,234.56"]
)
def test_other_numbers_of_known_columns_stay(text):
    assert hiding.hidden(text) == text


def test_nobody_finds_a_secret_in_the_clear(desk, upload):
    """Of a secret column, of another known one, of unknown ones, of a header, of a file's name, in every outcome."""
    run = services.upload(
        "parcels",
        f"list of {SSN}.csv",
        desk.file(
            f"a,1,{SSN},{SSN},{SSN},{BARE},12345",
            f"b,heavy,{BARE},ok,078 05 1120,x,y",
            f"c,1,078,{SSN},,,",
            header=f"name,weight,code,note,{SSN},Remark,Tax-ID",
        ),
        {},
        actor=desk.actor,
    )
    run = desk.work(run)
    first = row(run, 2)
    assert first.cells == {"name": "a", "weight": "1", "code": "•••-••-1120", "note": "•••-••-1120"}
    assert json.loads(first.secrets) == {"code": SSN, "note": SSN}
    assert first.extra == {"•••-••-1120": "•••-••-1120", "Remark": "•••-••-1120", "Tax-ID": "•••-••-2345"}
    services.mend(run, 2, {"note": "ok"}, actor=desk.actor)
    services.mend(run, 3, {"code": "078-05-1120 ", "weight": "heavier"}, actor=desk.actor)
    run = desk.work(services.process(services.check_again(run, actor=desk.actor), actor=desk.actor))
    text = everything()
    assert SSN not in text
    assert BARE not in text
    assert "078 05 1120" not in text
    assert "•••-••-1120" in text


def test_types_that_spill_a_secret_are_covered(desk, upload, monkeypatch):
    def spill(rows, judging):
        for each in rows:
            each.outcome, each.label = Outcome.NEW, f"{each.values['name']} {each.values['code']}"
            each.changes = {"code": ["", each.values["code"].replace("-", "")]}
            each.warn("code", "odd", f"The code {each.values['code']} is odd.")

    monkeypatch.setattr(upload, "judge", spill)
    stored = row(desk.read(f"a,1,{SSN},"), 2)
    assert stored.label == "a •••-••-1120"
    assert stored.changes == {"code": ["", "•••-••-1120"]}
    assert stored.problems[0]["message"] == "The code •••-••-1120 is odd."


def test_a_fault_of_a_secret_cell_does_not_quote_it(desk):
    fault = row(desk.read("a,1,0781,"), 2).problems[0]
    assert (fault["message"], fault["value"]) == ("“•••” is too short for a code.", "•••")


def test_secrets_of_a_row_go_when_it_is_done(desk):
    run = desk.read(f"a,1,{SSN},", f"b,x,{SSN},")
    run = desk.work(services.process(run, actor=desk.actor))
    assert row(run, 2).secrets is None
    assert row(run, 3).secrets is not None, "it may yet be mended"


def test_a_masked_secret_that_comes_back_is_restored_from_its_row(desk):
    first = desk.read(f"a,x,{SSN},", f"b,x,{BARE},")
    again = desk.read(
        f"a,1,•••-••-1120,,{first.pk}:2,too heavy",
        f"b,1,***-**-1120,,{first.pk}:3,",
        f"c,1,•••-••-9999,,{first.pk}:2,",
        "d,1,xxx-xx-1120,,99999:7,",
        header="name,weight,code,note,upload_row,reason",
    )
    assert again.unknown_columns == []
    assert json.loads(row(again, 2).secrets) == {"code": SSN}
    assert json.loads(row(again, 3).secrets) == {"code": BARE}
    for number in (4, 5):
        assert row(again, number).secrets is None
        assert [each["code"] for each in row(again, number).problems] == ["only_the_end"]
        assert row(again, number).outcome == "new", "a warning stops nothing"


def test_a_secret_is_not_restored_from_another_type_or_once_it_is_gone(desk, upload):
    first = desk.read(f"a,x,{SSN},")
    type(first).objects.filter(pk=first.pk).update(type="other")
    header = "name,weight,code,note,upload_row"
    assert row(desk.read(f"a,1,•••-••-1120,,{first.pk}:2", header=header), 2).secrets is None
    type(first).objects.filter(pk=first.pk).update(type="parcels")
    ImportRow.objects.filter(run=first).update(secrets=None)
    assert row(desk.read(f"a,2,•••-••-1120,,{first.pk}:2", header=header), 2).secrets is None


def test_a_breakdown_quotes_nothing(desk, upload, caplog):
    upload.break_at = "write"
    run = desk.read(f"a,1,{SSN},boom")
    run = desk.work(services.process(run, actor=desk.actor))
    assert run.status == "failed"
    assert SSN not in everything()
    assert not JobLog.objects.filter(text__contains=SSN).exists()
    assert not Job.objects.filter(error__contains=SSN).exists()
