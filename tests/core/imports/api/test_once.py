"""Keys of POSTs: an upload sent twice is one upload, byte for byte the same answer, whatever the boundary."""

from __future__ import annotations

import threading
import time

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart

from core.api import idempotency
from core.api.models import IdempotencyKey
from core.imports.models import ImportRun
from core.imports.uploading import MEGABYTE
from core.jobs.models import Job
from tests.core.imports.files.crates import csv_of

pytestmark = pytest.mark.django_db


def test_the_same_upload_sent_again_is_one_upload(program):
    first, again = (program.upload("c1", key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (first["Location"], first["ETag"]) == (again["Location"], again["ETag"])
    assert again["Idempotent-Replayed"] == "true"
    assert ImportRun.objects.count() == Job.objects.count() == 1


def test_another_boundary_is_the_same_upload(program):
    program.upload("c1", key="k1")
    parts = {"type": "crate", "file": SimpleUploadedFile("crates.csv", csv_of("c1"), "text/csv")}
    headers = program._headers({"Idempotency-Key": "k1"})
    body = encode_multipart("another", parts)
    kind = "multipart/form-data; boundary=another"
    answer = program.http.generic("POST", "/api/v1/imports", body, kind, headers=headers)
    assert answer["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    "other", [{"content": csv_of("c2")}, {"quay": "south"}, {"name": "other.csv"}, {"again": "true"}]
)
def test_another_upload_under_the_same_key_is_refused(program, other):
    program.upload("c1", key="k1")
    answer = program.upload("c1", key="k1", **other)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert ImportRun.objects.count() == 1


def test_a_file_that_was_uploaded_before_may_be_sent_on_purpose_with_a_new_key(program):
    program.upload("c1", key="k1")
    assert program.upload("c1", key="k2").status_code == 409
    assert program.upload("c1", key="k2").status_code == 409, "a conflict frees its key"
    assert program.upload("c1", key="k3", again="true").status_code == 201


def test_processing_asked_for_twice_is_one_processing(program):
    run = program.read("c1")
    first, again = (program.do(run["id"], "process", key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.content == again.content
    assert Job.objects.filter(kind="imports.process").count() == 1


def test_the_largest_file_is_taken_and_answered_long_before_its_key_is_free_again(program):
    line = b"c%07d,red,P01,1,,nothing to be said of it\n"
    content = csv_of() + b"".join(line % number for number in range(20 * MEGABYTE // 46))
    assert len(content) > 18 * MEGABYTE
    began = time.monotonic()
    answer = program.upload(content=content, key="k1")
    took = time.monotonic() - began
    assert answer.status_code == 201
    assert took < idempotency.LEASE.total_seconds() / 3, f"{took:.1f} s"
    assert program.upload(content=content, key="k1")["Idempotent-Replayed"] == "true"


def test_a_key_keeps_no_file(program):
    program.upload("secret-crate", key="k1")
    kept = IdempotencyKey.objects.get()
    assert b"secret-crate" not in bytes(kept.body)
    assert len(kept.fingerprint) == 64


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_two_that_send_the_same_at_once_are_one_upload_over_a_socket(live_server, program):
    files = {"file": ("crates.csv", csv_of("c1"), "text/csv")}
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": "k1"}
    answers: list[int] = []

    def send() -> None:
        url = f"{live_server.url}/api/v1/imports"
        answers.append(
            httpx.post(url, data={"type": "crate"}, files=files, headers=headers, timeout=60).status_code
        )

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {201, 409}
    assert answers.count(201) >= 1
    assert ImportRun.objects.count() == 1
