from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.actor import Actor
from core.audit.models import AuditEntry
from core.errors import Conflict, InvalidInput, NotAllowed
from core.imports import files, services
from core.imports.models import FilePiece, HeaderMatch, ImportRun
from tests.core.imports.engine.conftest import Desk, outcomes, row


def test_the_file_is_kept_in_encrypted_pieces_and_comes_back_exactly(desk):
    content = desk.file(*[f"name{number},{number},,078-05-1120" for number in range(30_000)])
    run = desk.upload(content=content)
    assert FilePiece.objects.count() == len(content) // files.PIECE_BYTES + 1
    assert files.content_of(run) == content
    blobs = b"".join(_raw_pieces())
    assert b"078-05-1120" not in blobs
    assert len(blobs) > len(content)


def _raw_pieces() -> list[bytes]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM imports_filepiece ORDER BY number")
        return [bytes(content) for (content,) in cursor.fetchall()]


def test_pieces_that_were_exchanged_are_noticed(desk):
    first, second = desk.upload("a,1"), desk.upload("b,1")
    piece = FilePiece.objects.get(run=first).content
    FilePiece.objects.filter(run=second).update(content=piece)
    with pytest.raises(Conflict, match="not what was uploaded"):
        files.content_of(second)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Users\\me\\list.csv", "list.csv"),
        ("../../etc/passwd", "passwd"),
        ("a\u202evsc.exe\n.csv", "avsc.exe.csv"),
        ("  ", "upload"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("Ada 078-05-1120.csv", "Ada •••-••-1120.csv"),
    ],
)
def test_names_of_files_are_shown_without_folders_tricks_and_numbers(given, shown):
    assert files.shown_name(given) == shown


@pytest.mark.parametrize(("content", "code"), [(b"", "empty"), (b"x" * (20 * 1024 * 1024 + 1), "too_large")])
def test_empty_and_too_large_files_are_refused(desk, content, code):
    with pytest.raises(InvalidInput) as refusal:
        services.upload("parcels", "a.csv", content, {}, actor=desk.actor)
    assert refusal.value.errors[0]["code"] == code
    assert not ImportRun.objects.exists()


def test_options_are_read_and_what_is_none_of_them_refused(desk):
    assert desk.upload("a,1", options={"speed": "Fast"}).options == {"send": False, "speed": "fast"}
    with pytest.raises(InvalidInput) as refusal:
        desk.upload("b,1", options={"speed": "warp", "colour": "red"})
    assert [fault["path"] for fault in refusal.value.errors] == ["colour", "speed"]


def test_the_right_of_the_room_and_of_the_type_are_asked(staff, upload):
    upload.right = "jobs.view_job"
    nobody = Desk(Actor.person(staff("jobs.view_job")))
    with pytest.raises(NotAllowed, match="upload"):
        nobody.upload("a,1")
    half = Desk(Actor.person(staff("imports.add_importrun", email="half@example.com")))
    with pytest.raises(NotAllowed, match="job"):
        half.upload("a,1")
    whole = Desk(Actor.person(staff("imports.add_importrun", "jobs.view_job", email="whole@example.com")))
    assert whole.upload("a,1").asked_by_label == "Ines Abernathy"


def test_a_file_says_who_uploaded_it_and_until_when_it_is_kept(desk, settings):
    settings.IMPORT_FILES_KEPT_DAYS = 5
    run = desk.upload("a,1")
    assert run.kept_until == clock.today() + timedelta(days=5)
    assert (run.status, run.asked_by) == ("parsing", desk.actor)
    entry = AuditEntry.objects.get(action="upload.uploaded")
    assert (entry.subject_id, entry.changes["file"]) == (str(run.pk), [None, "parcels.csv"])


def test_the_same_file_asks_first_and_may_be_read_again_or_left(desk):
    first = desk.read("a,1")
    second = desk.upload("a,1")
    assert (second.status, second.question, second.same_as, second.job_id) == (
        "uploaded", "same_file", first, None,
    )  # fmt: skip
    third = desk.upload("a,1")
    assert third.same_as == first, "what nobody has read yet is not what is there"
    assert desk.work(services.answer_same_file(second, True, actor=desk.actor)).status == "parsed"
    assert services.answer_same_file(third, False, actor=desk.actor).status == "cancelled"
    with pytest.raises(Conflict, match="does not ask"):
        services.answer_same_file(second, True, actor=desk.actor)


def test_the_same_file_may_be_meant_or_refused(desk):
    first = desk.read("a,1")
    assert desk.upload("a,1", again=True).status == "parsing"
    with pytest.raises(services.SameFile) as refusal:
        desk.upload("a,1", refuse_same=True)
    assert (refusal.value.code, ImportRun.objects.count()) == ("same_file", 2)
    assert refusal.value.earlier.fingerprint == first.fingerprint


def test_a_cancelled_or_failed_upload_is_no_reason_to_ask(desk):
    services.cancel(desk.read("a,1"), actor=desk.actor)
    assert desk.upload("a,1").question == ""


def test_headers_nobody_knows_are_asked_for_and_remembered(desk):
    run = desk.read("a,1", header="Handle,weight")
    assert (run.status, run.question, run.columns) == ("uploaded", "columns", ["", "weight"])
    run = desk.work(services.choose_columns(run, {"Handle": "name"}, actor=desk.actor))
    assert (run.status, outcomes(run)) == ("parsed", [(2, "new", "")])
    assert HeaderMatch.objects.get().column == "name"
    assert desk.read("b,1", header="HANDLE,weight").status == "parsed"


def test_the_latest_word_on_a_header_counts(desk):
    run = desk.read("a,1,x", header="Handle,weight,Remark")
    services.choose_columns(run, {"Handle": "name", "Remark": "note"}, actor=desk.actor)
    again = desk.read("a,1,x,y", header="Handle,weight,Remark,Aside")
    services.choose_columns(again, {"Remark": ""}, actor=desk.actor)
    assert dict(HeaderMatch.objects.values_list("column", "chosen_by"))[""] == desk.actor.label
    assert HeaderMatch.objects.count() == 2


def test_columns_may_be_said_with_the_upload_and_are_not_remembered(desk):
    run = desk.read("a,1", header="Handle,weight", columns={"Handle": "name"})
    assert (run.status, HeaderMatch.objects.count()) == ("parsed", 0)


@pytest.mark.parametrize(
    ("columns", "code"), [({"A": "nosuch"}, "unknown_column"), ({"A": "name", "B": "name"}, "doubled")]
)
def test_columns_that_cannot_be_are_refused(desk, columns, code):
    run = desk.read("a,1", header="A,B")
    with pytest.raises(InvalidInput) as refusal:
        services.choose_columns(run, columns, actor=desk.actor)
    assert refusal.value.errors[0]["code"] == code


def test_nothing_is_kept_or_remembered_of_headers_that_the_file_has_not(desk):
    run = desk.work(desk.upload("a,1", header="Handle,weight"))
    many = {f"Header {number}": "" for number in range(499)}
    run = desk.work(services.choose_columns(run, {**many, "Handle": "name"}, actor=desk.actor))
    assert (run.status, run.chosen) == ("parsed", {"Handle": "name"})
    assert list(HeaderMatch.objects.values_list("header", "column")) == [("handle", "name")]
    with pytest.raises(InvalidInput) as refusal:
        services.choose_columns(run, {f"Header {number}": "" for number in range(501)}, actor=desk.actor)
    assert refusal.value.errors[0]["code"] == "too_many"


@pytest.mark.parametrize(
    "header", ["SSN", "Agent S.S.N.", "SS#", "Soc. Sec. No.", "TIN", "Tax-ID", "Ｓ\uff33Ｎ"]
)
def test_what_a_header_calls_secret_is_read_into_no_column_that_everybody_sees(desk, header):
    with pytest.raises(InvalidInput) as refusal:
        desk.upload("a,078051120", header=f"name,{header}", columns={header: "note"})
    assert [fault["code"] for fault in refusal.value.errors] == ["not_secret"]
    run = desk.read("a,078051120", header=f"name,{header}", columns={header: "code"})
    assert row(run, 2).cells["code"] == "•••-••-1120"


def test_a_long_header_does_not_stand_again_and_again_in_every_row(desk):
    """Fifty headers of 30,000 characters would make a gigabyte of a thousand rows."""
    headers = [f"{number:02}" * 15_000 for number in range(50)]
    run = desk.read("a" + ",1" * 50, header=",".join(["name", *headers]), columns={headers[0]: "weight"})
    assert (run.status, row(run, 2).cells) == ("parsed", {"name": "a", "weight": "1"})
    assert max(map(len, run.headers)) == 200
    assert len(row(run, 2).extra) == 49
    alike = desk.read("a,1,2", header=f"name,{'x' * 300}1,{'x' * 300}2")
    assert list(row(alike, 2).extra.values()) == ["1", "2"]


def test_columns_may_be_chosen_anew_until_something_is_processed(desk):
    run = desk.read("a,1,b", header="name,weight,Other")
    run = desk.work(services.choose_columns(run, {"name": "", "Other": "name"}, actor=desk.actor))
    assert (row(run, 2).label, row(run, 2).extra) == ("b", {"name": "a"})
    desk.work(services.process(run, actor=desk.actor))
    with pytest.raises(Conflict):
        services.choose_columns(run, {"name": "name"}, actor=desk.actor)


def test_unknown_columns_are_named_and_kept(desk):
    run = desk.read("a,1,green,x", header="name,weight,Color,Color")
    assert "“Color”" in run.warnings[0]
    assert row(run, 2).extra == {"Color": "green", "Color (2)": "x"}


def test_a_file_without_rows_fails_with_what_to_do(desk):
    run = desk.read()
    assert run.status == "failed"
    assert "no row" in run.message
    assert "upload it again" in run.message


def test_an_unreadable_file_fails_with_its_sentence(desk):
    run = desk.work(desk.upload(content=b"\x89PNG\r\n\x1a\n" + bytes(range(256))))
    assert run.status == "failed"
    assert run.message
    assert desk.job(run).status == "failed"
