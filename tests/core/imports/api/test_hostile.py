"""Bodies and names of every kind: refused with a sentence or taken as they are, never a breakdown."""

from __future__ import annotations

import json
import os

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.imports.models import ImportRun
from tests.core.imports.files.crates import csv_of

BOUNDARY = "frontier"
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "75"))
NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "C:\\fakepath\\crew.csv": "crew.csv",
    "crew\r\nSet-Cookie: a=b.csv": None,
    "crew\u202evsc.exe": None,
    "x" * 300 + ".csv": None,
    "crew\0.csv": None,
    "<script>alert(1)</script>.csv": None,
    "=cmd|'/C calc'!A0.csv": None,
    'say "crew".csv': None,
    "CON": None,
    " .csv": None,
    "🦉.csv": "🦉.csv",
    "%2e%2e%2f.csv": None,
    "&#46;&#46;&#47;x.csv": None,
}


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    as_file = f'; filename="{file_name}"' if file_name is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{as_file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(program, name):
    sent = body(part("type", b"crate"), part("file", csv_of("c1"), name.replace('"', '\\"')))
    answer = program.send_raw_parts(sent)
    assert answer.status_code in {201, 400}, answer.content
    if answer.status_code == 400:  # no name is left of it
        assert {fault["path"] for fault in answer.json()["errors"]} == {"file"}
        return
    kept = ImportRun.objects.get().file_name
    assert kept == NAMES[name] or NAMES[name] is None
    assert 0 < len(kept) <= 200
    assert not set("/\\\r\n\0\u202e") & set(kept)
    run = answer.json()["id"]
    program.work(run)
    file = program.get(f"/imports/{run}/file")
    assert file["Content-Disposition"] == f'attachment; filename="upload-{run}-rows.csv"'


BROKEN = {
    "nothing": b"",
    "no end": part("type", b"crate") + part("file", csv_of("c1"), "a.csv"),
    "another boundary": b"--other\r\n\r\nx\r\n--other--\r\n",
    "a part without a name": body(b"--frontier\r\nContent-Type: text/csv\r\n\r\ncrate\r\n"),
    "a part without a head": body(b"--frontier\r\n\r\ncrate\r\n"),
    "base64 that is none": body(
        part("type", b"crate"),
        b'--frontier\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n",
    ),
    "a thousand fields": body(*(part(f"f{number}", b"x") for number in range(1500))),
    "two hundred files": body(*(part("file", b"x", "a.csv") for number in range(200))),
    "bytes that are no text": body(part("type", b"\xff\xfe\xfd"), part("file", csv_of("c1"), "a.csv")),
    "a surrogate": body(part("type", b"\xed\xa0\x80"), part("file", csv_of("c1"), "a.csv")),
    "NUL": body(part("type", b"crate\0"), part("file", csv_of("c1"), "a.csv")),
    "a name with NUL": body(part("ty\0pe", b"crate"), part("file", csv_of("c1"), "a.csv")),
    "no file in the file": body(part("type", b"crate"), part("file", b"", "a.csv")),
    "a head without end": b'--frontier\r\nContent-Disposition: form-data; name="' + b"x" * 100_000,
}


@pytest.mark.django_db
@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("key", ["", "k1"])
def test_a_broken_body_is_refused_and_leaves_nothing(program, sent, key):
    answer = program.send_raw_parts(sent, key=key)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        f"multipart/form-data; boundary={'x' * 300}",
        "multipart/form-data; boundary=\u00e9",
        "multipart/mixed; boundary=frontier",
        "text/csv",
        "application/octet-stream",
    ],
)
def test_bodies_of_other_kinds_are_refused(program, kind):
    sent = body(part("type", b"crate"), part("file", csv_of("c1"), "a.csv"))
    headers = program._headers({})
    answer = program.http.generic("POST", "/api/v1/imports", sent, kind, headers=headers)
    assert answer.status_code in {400, 415}, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not ImportRun.objects.exists()


field_names = st.one_of(
    st.sampled_from(["type", "again", "mapping", "file", "quay", "submit", "x"]), st.text(max_size=20)
)
values = st.one_of(
    st.sampled_from([b"crate", b"agent", b"true", b"{}", b"null", b'{"a": null}']), st.binary(max_size=50)
)
parts = st.lists(
    st.tuples(field_names, values, st.none() | st.sampled_from(list(NAMES)) | st.text(max_size=20)),
    max_size=6,
)


@pytest.mark.django_db
def test_no_parts_break_it(program, monkeypatch):
    monkeypatch.setattr("core.api.throttling.CallerThrottle.allow_request", lambda *_args: True)

    @settings(
        max_examples=REQUESTS * 4,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(parts)
    def send(given):
        sent = body(
            *(
                part(
                    name.encode(errors="replace").decode(),
                    value,
                    file and file.encode(errors="replace").decode(),
                )
                for name, value, file in given
            )
        )
        answer = program.send_raw_parts(sent)
        assert answer.status_code in {201, 400, 409}, (given, answer.content)

    send()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "mapping",
    [
        '{"a\\u0000b": "note"}',
        '{"x": "no\\u0000te"}',
        '{"a\\ud800b": "note"}',
        '{"x": "\\udfff"}',
        '{"x": ' + "[" * 20_000 + "]" * 20_000 + "}",
        '{"x": ' + "9" * 5_000 + "}",
        json.dumps({f"h{number}": None for number in range(5_000)}),
    ],
)
def test_a_mapping_that_cannot_be_kept_is_refused_with_a_sentence(program, mapping):
    answer = program.upload("c1", mapping=mapping)
    assert (answer.status_code, answer.json()["errors"][0]["path"].split(".")[0]) in {
        (400, "mapping"),
        (400, "columns"),
    }
    assert not ImportRun.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_over_a_socket_a_program_uploads_and_is_told_what_is_wrong(live_server, program):
    with httpx.Client(base_url=f"{live_server.url}/api/v1", timeout=60) as http:
        http.headers["Authorization"] = f"Bearer {program.token}"
        wrong = http.post("/imports", data={"type": "ship"}, files={"file": ("a.csv", b"crate\nc1\n")})
        assert (wrong.status_code, wrong.headers["Content-Type"]) == (400, "application/problem+json")
        made = http.post("/imports", data={"type": "crate"}, files={"file": ("a.csv", b"crate\nc1\n")})
        assert made.status_code == 201
        read = http.get(f"{live_server.url}{made.headers['Location']}")
        assert (read.json()["status"], read.headers["ETag"] != "") == ("parsing", True)
        chunked = http.post(
            "/imports",
            content=iter([body(part("type", b"crate"))]),
            headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        )
        assert (chunked.status_code, chunked.json()["code"]) == (411, "length_required")
        template = http.get("/imports/templates/crate?format=xlsx")
        assert template.content.startswith(b"PK")
