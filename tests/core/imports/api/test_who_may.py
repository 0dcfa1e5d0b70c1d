"""Who may upload, look, process and spend: programs by their scopes, people by their rights."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.audit.models import AuditEntry
from core.imports.models import ImportRun
from tests.core.imports.api.conftest import Program
from tests.core.imports.files.crates import CRATES, csv_of
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db
VIEW, UPLOAD = "imports.view_importrun", "imports.add_importrun"
MOVES = ["process", "pause", "resume", "cancel", "check", "undo"]


@pytest.fixture
def run(program):
    """A crate that waits to be processed."""
    return program.read("c1", "c2,green")


@pytest.fixture
def costly(program):
    """One that costs something."""
    return program.read("d1", submit="true")


def test_a_token_that_only_reads_sees_all_and_moves_nothing(reader, run):
    for path in ("", f"/{run['id']}", f"/{run['id']}/rows", f"/{run['id']}/rows/2", f"/{run['id']}/file"):
        assert reader.get(f"/imports{path}").status_code == 200, path
    assert reader.upload("x1").status_code == 403
    for what in MOVES:
        assert reader.do(run["id"], what).status_code == 403
    assert reader.patch(f"/imports/{run['id']}/rows/3", {"values": {"color": "red"}}).status_code == 403


def test_a_token_that_may_not_submit_processes_what_costs_nothing(writer, run):
    assert writer.do(run["id"], "process").status_code == 202


@pytest.mark.parametrize("what", ["process", "resume"])
def test_a_token_that_may_not_submit_spends_nothing(writer, costly, what):
    for body in ({}, {"confirm_cost": "16.50"}) if what == "process" else ({},):
        answer = writer.do(costly["id"], what, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
        assert "submit" in answer.json()["detail"]
    assert ImportRun.objects.get(pk=costly["id"]).status == "parsed"


def test_a_client_whose_right_to_submit_was_taken_away_spends_nothing_with_its_old_token(program, costly):
    from core.api.models import ClientScopes

    ClientScopes.objects.filter(application__client_id=program.client_id).update(scopes="read write")
    answer = program.do(costly["id"], "process", {"confirm_cost": "16.50"}, key="k1")
    assert answer.status_code == 403
    assert ImportRun.objects.get(pk=costly["id"]).status == "parsed"


def test_a_token_that_only_writes_uploads_and_processes_and_reads_nothing():
    blind = Program("write", "Blind")
    said = blind.upload("b1").json()
    assert blind.get(f"/imports/{said['id']}").status_code == 403
    Program("read write", "Other").work(said["id"])
    assert blind.do(said["id"], "process").status_code == 202


RIGHTS = {
    "looks": (VIEW, CRATES.right),
    "uploads": (VIEW, UPLOAD, CRATES.right),
    "spends": (VIEW, UPLOAD, CRATES.right, "appointments.submit_transaction"),
    "knows no crates": (VIEW, UPLOAD),
    "nobody": (),
}
#: For each set of rights what is answered to: list, one, upload, process, process what costs.
ANSWERS = {
    "looks": (200, 200, 403, 403, 403),
    "uploads": (200, 200, 201, 202, 403),
    "spends": (200, 200, 201, 202, 202),
    "knows no crates": (200, 200, 403, 403, 403),
    "nobody": (403, 403, 403, 403, 403),
}


@pytest.mark.parametrize("who", sorted(RIGHTS))
def test_people_are_served_as_far_as_their_rights_go(staff, client_of, run, costly, who):
    browser = client_of(staff(*RIGHTS[who]))

    def post(path: str, body: dict[str, str]):
        headers = {"Idempotency-Key": "k1"} if "confirm_cost" in body else {}
        return browser.post(f"/api/v1/imports{path}", body, "application/json", headers=headers).status_code

    file = SimpleUploadedFile("x.csv", csv_of("x1"))
    assert (
        browser.get("/api/v1/imports").status_code,
        browser.get(f"/api/v1/imports/{run['id']}").status_code,
        browser.post("/api/v1/imports", {"type": "crate", "file": file}).status_code,
        post(f"/{run['id']}/process", {}),
        post(f"/{costly['id']}/process", {"confirm_cost": "16.50"}),
    ) == ANSWERS[who]


def test_who_reads_sees_uploads_of_every_type(staff, client_of, run):
    browser = client_of(staff(VIEW))
    assert [each["id"] for each in browser.get("/api/v1/imports").json()["results"]] == [run["id"]]


def test_a_person_is_told_only_what_they_may_do(staff, client_of, run):
    browser = client_of(staff(*RIGHTS["looks"]))
    assert browser.get(f"/api/v1/imports/{run['id']}").json()["allowed"] == []


def test_a_page_of_somebody_else_cannot_upload_in_the_name_of_who_is_signed_in(staff, run):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(
        staff(*RIGHTS["uploads"]), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    file = SimpleUploadedFile("x.csv", csv_of("x1"))
    assert browser.post("/api/v1/imports", {"type": "crate", "file": file}).status_code == 403


def test_what_a_stranger_sends_is_not_even_read(monkeypatch, client):
    def read(*_args, **_kwargs):
        raise AssertionError("It was read.")

    monkeypatch.setattr("core.imports.uploading.BoundedUploads.handle_raw_input", read)
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}):
        file = SimpleUploadedFile("x.csv", b"crate\n1\n")
        fields = {"type": "crate", "file": file, "access_token": "nonsense"}
        answer = client.post("/api/v1/imports", fields, headers=headers)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_token_among_the_parts_is_no_token(client, program):
    fields = {
        "type": "crate",
        "file": SimpleUploadedFile("x.csv", csv_of("x1")),
        "access_token": program.token,
    }
    assert client.post("/api/v1/imports", fields).status_code == 401


def test_everything_is_in_the_audit_trail_under_the_name_of_the_program(program):
    run = program.read("c1", "c2,green")
    program.patch(f"/imports/{run['id']}/rows/3", {"values": {"color": "red"}})
    program.do(run["id"], "process")
    program.work(run["id"])
    program.do(run["id"], "undo")
    program.get(f"/imports/{run['id']}/file")
    asked = {
        "upload.uploaded",
        "upload.row_mended",
        "upload.process_asked",
        "upload.undo_asked",
        "upload.exported",
    }
    entries = list(AuditEntry.objects.filter(action__in=asked))
    assert {entry.action for entry in entries} == asked
    assert {(entry.actor_kind, entry.actor_label) for entry in entries} == {("api_client", "Payroll")}
    assert all(entry.request_id for entry in entries)
    assert Parcel.objects.count() == 2
