"""An upload over REST, from the file to the outcome of its rows."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.audit.models import AuditEntry
from core.imports.models import ImportRow, ImportRun
from core.imports.reading import open_sheet
from core.imports.uploading import LARGEST_FILE
from tests.core.imports.files.crates import csv_of
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db


def faults(answer) -> dict[str, str]:
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return {fault["path"]: fault["code"] for fault in answer.json()["errors"]}


def code(answer) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def new_key() -> dict[str, str]:
    return {"key": uuid4().hex}


def test_a_file_is_uploaded_read_processed_and_undone(program):
    answer = program.upload("c1,red", "c2,green", "c3")
    said = answer.json()
    assert (answer.status_code, said["status"]) == (201, "parsing")
    assert answer["Location"] == f"/api/v1/imports/{said['id']}"
    assert said["options"] == {"submit": False, "quay": "north"}

    said = program.work(said["id"])
    assert (said["status"], said["question"], said["format"][:3]) == ("parsed", None, "CSV")
    assert said["counts"] == {"rows": 3, "new": 2, "update": 0, "unchanged": 0, "error": 1, "skipped": 0}
    assert said["columns"]["crate"] == "crate"
    assert (said["missing_columns"], said["unknown_columns"]) == ([], [])
    assert said["allowed"] == ["check", "process", "cancel", "rows"]
    assert not Parcel.objects.exists()

    answer = program.do(said["id"], "process")
    assert (answer.status_code, answer.json()["status"]) == (202, "processing")
    assert answer["Location"] == f"/api/v1/imports/{said['id']}"
    said = program.work(said["id"])
    assert (said["status"], said["processed"]) == ("done", {"done": 2, "failed": 0, "undone": 0})
    assert set(Parcel.objects.values_list("name", flat=True)) == {"c1", "c3"}

    answer = program.do(said["id"], "undo")
    assert answer.status_code == 202
    assert program.work(said["id"])["processed"]["undone"] == 2
    assert not Parcel.objects.exists()


def test_rows_are_found_by_outcome_and_state_and_tell_what_is_wrong(program):
    run = program.read("c1,red", "c2,green", "broken", ",blue")
    path = f"/imports/{run['id']}/rows"
    rows = program.get(path).json()["results"]
    assert [(row["row"], row["outcome"], row["state"]) for row in rows] == [
        (2, "new", None), (3, "error", None), (4, "new", None), (5, "error", None),
    ]  # fmt: skip
    assert rows[1]["errors"] == [
        {
            "column": "color",
            "code": "unknown",
            "message": "“green” is none of 00, blue, red.",
            "value": "green",
        }
    ]
    assert rows[0]["changes"] == {"crate": ["", "c1"]}
    program.do(run["id"], "process")
    program.work(run["id"])
    found = {
        query: [row["row"] for row in program.get(f"{path}?{query}").json()["results"]]
        for query in ("outcome=error", "state=done", "state=failed", "state=waiting", "page_size=2")
    }
    assert found == {
        "outcome=error": [3, 4, 5],
        "state=done": [2],
        "state=failed": [4],
        "state=waiting": [3, 5],
        "page_size=2": [2, 3],
    }
    page = program.get(f"{path}?page_size=3").json()
    assert [row["row"] for row in program.get(page["next"]).json()["results"]] == [5]
    assert faults(program.get(f"{path}?outcome=nice")) == {"outcome": "invalid_choice"}


def test_a_row_is_mended_and_checked_again(program):
    run = program.read("c1,green", "c2,green")
    path = f"/imports/{run['id']}/rows/2"
    answer = program.patch(path, {"values": {"color": "red"}})
    assert (answer.status_code, answer.json()["outcome"], answer.json()["errors"]) == (200, "new", [])
    assert (answer.json()["mended"], answer.json()["values"]["color"]) == (True, "red")
    assert program.get(f"/imports/{run['id']}").json()["counts"]["error"] == 1
    assert program.get(path)["ETag"] == answer["ETag"]


def test_rows_mended_one_after_the_other_are_checked_when_asked(program):
    run = program.read("c1,green", "c2,green")
    for number in (2, 3):
        body = {"values": {"color": "red"}, "check": False}
        assert program.patch(f"/imports/{run['id']}/rows/{number}", body).json()["outcome"] == "error"
    assert code(program.do(run["id"], "process")) == (409, "wrong_state")
    assert program.do(run["id"], "check").status_code == 202
    assert program.get(f"/imports/{run['id']}").json()["counts"]["error"] == 0


def test_a_row_that_somebody_else_mended_meanwhile_is_not_overwritten(program):
    run = program.read("c1,green")
    path = f"/imports/{run['id']}/rows/2"
    tag = program.get(path)["ETag"]
    program.patch(path, {"values": {"color": "red"}})
    answer = program.patch(path, {"values": {"color": "blue"}}, **{"If-Match": tag})
    assert code(answer) == (412, "stale")
    assert program.get(path).json()["values"]["color"] == "red"


@pytest.mark.parametrize(
    ("body", "path", "wrong"),
    [
        ({"values": {"colour": "red"}}, "values.colour", "unknown_column"),
        ({"values": {}}, "values", "empty"),
        ({}, "values", "required"),
        ({"values": {"color": ["red"]}}, "values.color", "invalid"),
        ({"values": {"color": "x" * 1001}}, "values.color", "max_length"),
        ({"values": {"color": "red"}, "chek": True}, "chek", "unknown_field"),
    ],
)
def test_what_is_wrong_with_mending_is_named(program, body, path, wrong):
    run = program.read("c1,green")
    found = faults(program.patch(f"/imports/{run['id']}/rows/2", body))
    assert found == {path: wrong}


def test_a_row_that_is_done_cannot_be_mended(program):
    run = program.read("c1")
    program.do(run["id"], "process")
    program.work(run["id"])
    answer = program.patch(f"/imports/{run['id']}/rows/2", {"values": {"color": "red"}})
    assert code(answer) == (409, "conflict")


def test_the_cost_is_confirmed_before_anything_is_spent(program):
    run = program.read("c1", "c2", submit="true")
    assert run["cost"] == "33.00"
    for body in ({}, {"confirm_cost": "16.50"}, {"confirm_cost": "33.01"}):
        answer = program.do(run["id"], "process", body, **new_key())
        assert code(answer) == (409, "cost_changed")
        assert answer.json()["cost"] == "33.00"
    assert not Parcel.objects.exists()
    assert program.do(run["id"], "process", {"confirm_cost": "33.00"}, **new_key()).status_code == 202


def test_what_spends_wants_a_key_as_every_call_that_does(program):
    run = program.read("c1", submit="true")
    answer = program.do(run["id"], "process", {"confirm_cost": run["cost"]})
    assert code(answer) == (400, "idempotency_key_required")
    assert program.do(run["id"], "process", {"confirm_cost": run["cost"]}, **new_key()).status_code == 202
    program.do(run["id"], "pause")
    assert code(program.do(run["id"], "resume")) == (400, "idempotency_key_required")
    assert program.do(run["id"], "resume", **new_key()).status_code == 202


@pytest.mark.parametrize("cost", ["-1", "1.234", "NaN", "Infinity", "a lot", None, [], {}, "1e400"])
def test_a_cost_that_is_none_is_refused(program, cost):
    run = program.read("c1", submit="true")
    answer = program.do(run["id"], "process", {"confirm_cost": cost}, **new_key())
    assert set(faults(answer)) == {"confirm_cost"}


def test_what_is_paused_goes_on_and_what_is_cancelled_does_not(program):
    run = program.read("c1", "c2")
    program.do(run["id"], "process")
    assert program.do(run["id"], "pause").json()["status"] == "paused"
    assert program.get(f"/imports/{run['id']}").json()["allowed"] == ["check", "resume", "cancel", "rows"]
    assert program.do(run["id"], "resume").status_code == 202
    assert program.do(run["id"], "cancel").json()["status"] == "cancelled"
    program.work(run["id"])
    assert not Parcel.objects.exists()


@pytest.mark.parametrize("what", ["pause", "undo"])
def test_what_its_state_does_not_allow_is_refused_with_what_it_does(program, what):
    run = program.read("c1")
    answer = program.do(run["id"], what)
    assert code(answer) == (409, "wrong_state")
    assert answer.json()["allowed"] == ["check", "process", "cancel"]
    assert answer.json()["detail"].endswith("Possible now: check, process, cancel.")


def test_what_would_be_refused_as_well_is_not_named_as_possible(program):
    run = program.read("c1")
    program.do(run["id"], "cancel")
    answer = program.do(run["id"], "undo")
    assert code(answer) == (409, "wrong_state")
    assert "allowed" not in answer.json()
    assert answer.json()["detail"].endswith("Nothing else can be done with it now.")


def test_nothing_is_resumed_that_was_not_begun(program):
    run = program.read("c1")
    assert code(program.do(run["id"], "resume")) == (409, "wrong_state")
    assert not Parcel.objects.exists()


def test_headers_that_mean_nothing_are_asked_about_and_answered(program):
    answer = program.upload(content=csv_of("c1,red", header="mark,color"))
    run = program.work(answer.json()["id"])
    assert (run["status"], run["question"]) == ("uploaded", "columns")
    assert run["missing_columns"] == ["crate"]
    assert run["columns"] == {"mark": None, "color": "color"}
    assert "columns" in run["allowed"]
    wrong = program.do(run["id"], "columns", {"columns": {"mark": "krate"}})
    assert faults(wrong) == {"columns.mark": "unknown_column"}
    stray = program.do(run["id"], "columns", {"columns": {"marc": "crate"}})
    assert faults(stray) == {"columns.marc": "unknown_header"}
    assert program.do(run["id"], "columns", {"columns": {"mark": "crate"}}).status_code == 202
    run = program.work(run["id"])
    assert (run["status"], run["counts"]["new"]) == ("parsed", 1)
    again = program.read(content=csv_of("c2,red", header="mark,color"))
    assert again["status"] == "parsed", "it is remembered"


def test_headers_are_matched_along_with_the_file(program):
    mapping = json.dumps({"mark": "crate", "color": None})
    run = program.read(content=csv_of("c1,red", header="mark,color"), mapping=mapping)
    assert (run["status"], run["columns"]) == ("parsed", {"mark": "crate", "color": None})
    assert run["unknown_columns"] == ["color"]


def test_the_same_file_again_names_the_earlier_one_and_keeps_nothing(program):
    first = program.read("c1")
    answer = program.upload("c1")
    assert code(answer) == (409, "same_file")
    assert answer.json()["earlier"] == first["id"]
    assert "again=true" in answer.json()["detail"]
    assert str(first["id"]) in answer.json()["detail"]
    assert ImportRun.objects.count() == 1
    answer = program.upload("c1", again="true")
    assert (answer.status_code, answer.json()["same_as"]) == (201, first["id"])


@pytest.mark.parametrize("key", ["", "key"])
def test_a_refused_file_leaves_nothing_with_a_key_and_without(program, key):
    for how in ({"type": "ship"}, {"quay": "east"}, {"name": "x.csv", "content": b" "}):
        program.upload("c1", key=key and f"{key}{how}", **how)
    run = ImportRun.objects.first()
    assert run is None or not run.rows.exists()


def test_everything_that_is_wrong_is_said_at_once(program):
    answer = program.send_parts({"quay": "north", "again": "maybe", "mapping": "[1]"})
    assert faults(answer) == {
        "type": "required",
        "file": "required",
        "again": "invalid",
        "mapping": "invalid",
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"type": "ship"}, {"type": "unknown"}),
        ({"type": None}, {"type": "required"}),
        ({"quay": "east"}, {"quay": "invalid"}),
        ({"submit": "perhaps"}, {"submit": "invalid"}),
        ({"sumbit": "true"}, {"sumbit": "unknown_field"}),
        ({"mapping": "{"}, {"mapping": "invalid"}),
        ({"mapping": '{"a": 1}'}, {"mapping": "invalid"}),
        ({"mapping": '{"a": "krate"}'}, {"mapping": "unknown_column"}),
        ({"mapping": "[" * 5000}, {"mapping": "invalid"}),
        ({"file": "c1,red"}, {"file": "no_file"}),
        ({"file": None}, {"file": "required"}),
        ({"crates": SimpleUploadedFile("b.csv", b"x")}, {"crates": "unknown_field"}),
        ({"type": ["crate", "crate"]}, {"type": "repeated"}),
        ({"type": "cra\0te"}, {"type": "unknown"}),
    ],
)
def test_each_fault_is_named_by_its_field(program, fields, expected):
    found = faults(program.upload("c1", **fields))
    assert expected.items() <= found.items()
    assert set(found) == set(expected)
    assert not ImportRun.objects.exists()


def test_several_files_are_refused(program):
    files = [SimpleUploadedFile(f"{number}.csv", b"crate\n1\n") for number in range(3)]
    answer = program.send_parts({"type": "crate", "file": files})
    assert faults(answer) == {"file": "several_files"}
    assert "these are 3" in answer.json()["detail"]


def test_json_is_no_way_to_send_a_file(program):
    assert code(program.post("/imports", {"type": "crate"})) == (415, "unsupported_media_type")
    assert code(program.post("/imports", {"type": "crate"}, key="k1")) == (415, "unsupported_media_type")


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(program):
    answer = program.upload(content=bytes(LARGEST_FILE + 1))
    assert code(answer) == (413, "too_large")
    assert "20 MB" in answer.json()["detail"]
    assert code(program.upload(content=bytes(LARGEST_FILE + 1), key="k1")) == (413, "too_large")
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("content", [b"\n", b"\x7fELF" + bytes(200), b"crate\n"])
def test_a_file_that_cannot_be_read_fails_with_a_sentence(program, content):
    said = program.read(content=content)
    assert said["status"] == "failed"
    assert said["message"].endswith(".")
    assert "cancel" in said["allowed"]


def test_uploads_are_listed_the_newest_first_and_found_by_type_and_status(program):
    ids = [program.read(f"c{number}")["id"] for number in range(3)]
    program.do(ids[0], "cancel")
    said = program.get("/imports?page_size=2").json()
    assert [run["id"] for run in said["results"]] == [ids[2], ids[1]]
    assert [run["id"] for run in program.get(said["next"]).json()["results"]] == [ids[0]]
    found = [run["id"] for run in program.get("/imports?type=crate&status=cancelled").json()["results"]]
    assert found == [ids[0]]
    assert program.get("/imports?type=agent").json()["results"] == []
    assert set(faults(program.get("/imports?type=ship&status=lost"))) == {"type", "status"}


def test_an_upload_that_is_as_it_was_is_not_sent_again(program):
    run = program.read("c1")
    path = f"/imports/{run['id']}"
    tag = program.get(path)["ETag"]
    assert program.get(path, **{"If-None-Match": tag}).status_code == 304
    program.do(run["id"], "cancel")
    assert program.get(path, **{"If-None-Match": tag}).status_code == 200


def test_the_file_of_failed_rows_uploads_as_it_is(program):
    run = program.read("c1,red", "c2,green,P01", "c3,,P99")
    answer = program.get(f"/imports/{run['id']}/file?rows=failed")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert "attachment" in answer["Content-Disposition"]
    again = program.read(content=answer.content.replace(b"green", b"blue"))
    assert (again["status"], again["counts"]["new"], again["counts"]["error"]) == ("parsed", 1, 1)
    assert (again["unknown_columns"], again["missing_columns"]) == ([], [])
    taken = AuditEntry.objects.get(action="upload.exported")
    assert taken.changes["rows"] == [None, "failed"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("rows", ["all", "failed"])
def test_outcome_files_come_in_both_kinds_whatever_is_accepted(program, kind, rows):
    run = program.read("c1,red", "c2,green")
    answer = program.get(
        f"/imports/{run['id']}/file", {"rows": rows, "format": kind}, Accept="text/csv, */*;q=0.1"
    )
    content = answer.getvalue()
    assert (answer.status_code, content[:2]) == (200, b"PK" if kind == "xlsx" else "\ufeff".encode()[:2])
    assert f".{kind}" in answer["Content-Disposition"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_large_outcome_file_is_sent_in_pieces(program, kind):
    run = program.read(*(f"c{number}" for number in range(600)))
    answer = program.get(f"/imports/{run['id']}/file", {"format": kind})
    assert answer.streaming
    sheet = open_sheet(answer.getvalue(), f"x.{kind}")
    assert len(list(sheet.rows())) == 600
    answer.close()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_templates_come_in_both_kinds(program, kind):
    answer = program.get("/imports/templates/crate", {"format": kind})
    assert (answer.status_code, f"crate-template.{kind}" in answer["Content-Disposition"]) == (200, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/imports/templates/ship", 404),
        ("/imports/templates/crate?format=pdf", 400),
        ("/imports/999999", 404),
        ("/imports/999999/rows", 404),
        ("/imports/999999/file", 404),
        (f"/imports/{'9' * 400}", 404),
    ],
)
def test_what_there_is_not_is_a_problem(program, path, status):
    answer = program.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_rows_of_one_upload_are_not_those_of_another(program):
    first, second = program.read("c1"), program.read("c2")
    rows = program.get(f"/imports/{second['id']}/rows").json()["results"]
    assert [row["label"] for row in rows] == ["c2"]
    assert program.get(f"/imports/{first['id']}/rows/3").status_code == 404
    assert ImportRow.objects.count() == 2


def test_lists_ask_as_often_for_many_as_for_one(program, django_assert_num_queries):
    run = program.read(*(f"c{number},green" for number in range(30)))
    for number in range(5):
        program.read(f"d{number}")
    with django_assert_num_queries(_queries(program, "/imports?page_size=1")):
        program.get("/imports")
    rows = f"/imports/{run['id']}/rows"
    with django_assert_num_queries(_queries(program, f"{rows}?page_size=1")):
        program.get(rows)


def _queries(program, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        program.get(path)
    return len(found)
