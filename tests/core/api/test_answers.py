from __future__ import annotations

import pytest
from django.test import Client

from core.api.etags import etag
from core.jobs.models import Job
from tests.core.models import Parcel

pytestmark = pytest.mark.django_db
PARCELS = "/api/v1/parcels"
PARTS = {"type", "title", "status", "detail", "code", "errors", "request_id"}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/refusals/invalid", 400, "invalid_input"),
        ("/api/v1/refusals/denied", 403, "not_allowed"),
        ("/api/v1/refusals/conflict", 409, "conflict"),
        ("/api/v1/jobs/00000000-0000-0000-0000-000000000000", 404, "not_found"),
        ("/api/v1/nothing/here", 404, "not_found"),
        (f"{PARCELS}?page_size=0", 400, "invalid_input"),
        (f"{PARCELS}?weight=heavy", 400, "invalid_input"),
    ],
)
def test_every_error_has_one_shape(machine, path, status, code):
    answer = machine("read").get(path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    body = answer.json()
    assert set(body) >= PARTS
    assert (body["status"], body["code"]) == (status, code)
    assert body["request_id"]


def test_faults_of_the_input_are_named_by_their_place(machine):
    body = machine("read").get("/api/v1/refusals/invalid").json()
    assert body["errors"] == [{"path": "rows.2.npn", "code": "npn", "message": "An NPN has 1 to 10 digits."}]


def test_every_unknown_field_is_named_beside_what_else_is_wrong(machine):
    sent = {"nmae": "a", "lines": [{"code": "ok"}, {"code": "toolong", "x": 1}]}
    body = machine("write").post(PARCELS, sent).json()
    places = {(fault["path"], fault["code"]) for fault in body["errors"]}
    assert places == {
        ("nmae", "unknown_field"),
        ("name", "required"),
        ("lines.1.code", "max_length"),
        ("lines.1.x", "unknown_field"),
    }
    assert not Parcel.objects.exists()


@pytest.mark.parametrize("body", ["{", "[1]", '"x"', "null"])
def test_bodies_that_are_no_object_are_refused(machine, body):
    client = machine("write")
    answer = client.http.post(
        PARCELS, body, "application/json", headers={"Authorization": f"Bearer {client.token}"}
    )
    assert answer.status_code == 400


def test_a_conflict_says_what_is_possible(machine):
    assert machine("write").post(PARCELS, {"name": "refused"}).json()["allowed"] == ["return"]


def walk(client, path: str, part: str = "name"):
    seen, pages = [], 0
    while path:
        page = client.get(path).json()
        seen += [row[part] for row in page["results"]]
        path, pages = page["next"], pages + 1
    return seen, pages


def test_pages_lead_through_all_rows_in_order(machine):
    Parcel.objects.bulk_create(Parcel(name=f"p{n}", weight=n % 7) for n in range(23))
    seen, pages = walk(machine("read"), f"{PARCELS}?page_size=5&status=draft")
    assert (len(seen), len(set(seen)), pages) == (23, 23, 5)


def test_the_way_back_leads_to_the_same_rows(machine):
    client = machine("read")
    Parcel.objects.bulk_create(Parcel(name=f"p{n}", weight=n) for n in range(9))
    first = client.get(f"{PARCELS}?page_size=4").json()
    second = client.get(first["next"]).json()
    assert first["previous"] is None
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_a_page_has_250_rows_unless_asked_and_1000_at_most(machine):
    client = machine("read")
    Parcel.objects.bulk_create(Parcel(name=f"p{n}") for n in range(1001))
    assert len(client.get(PARCELS).json()["results"]) == 250
    assert len(client.get(f"{PARCELS}?page_size=1000").json()["results"]) == 1000


@pytest.mark.parametrize("size", ["0", "-1", "1001", "1000000000", "x", "1e3", "²"])
def test_other_sizes_are_refused(machine, size):
    answer = machine("read").get(f"{PARCELS}?page_size={size}")
    assert answer.json()["errors"][0]["path"] == "page_size"


@pytest.mark.parametrize("cursor", ["x", "!!", "bnVsbA"])
def test_a_cursor_of_ones_own_making_is_refused(machine, cursor):
    answer = machine("read").get(f"{PARCELS}?cursor={cursor}")
    assert answer.json()["errors"][0]["path"] == "cursor"


def test_lists_that_are_not_in_the_database_are_paged_too(machine):
    client = machine("read")
    page = client.get("/api/v1/numbers?page_size=4").json()
    assert page["results"] == [0, 1, 2, 3]
    assert client.get(page["next"]).json()["results"] == [4, 5, 6, 7]
    assert client.get("/api/v1/numbers?cursor=11").status_code == 400


def test_a_change_to_what_somebody_else_changed_is_refused(machine):
    client = machine("read write")
    path = f"{PARCELS}/{Parcel.objects.create(name='a').pk}"
    tag = client.get(path)["ETag"]
    assert client.patch(path, {"name": "b"}, **{"If-Match": tag}).status_code == 200
    refused = client.patch(path, {"name": "c"}, **{"If-Match": tag})
    assert (refused.status_code, refused.json()["code"]) == (412, "stale")
    assert Parcel.objects.get().name == "b"
    assert (
        client.patch(path, {"name": "d"}, **{"If-Match": f'"other", {client.get(path)["ETag"]}'}).status_code
        == 200
    )
    assert client.patch(path, {"name": "e"}, **{"If-Match": "*"}).status_code == 200


def test_what_has_not_changed_is_not_sent_again(machine):
    client = machine("read")
    path = f"{PARCELS}/{Parcel.objects.create(name='a').pk}"
    tag = client.get(path)["ETag"]
    assert client.get(path, **{"If-None-Match": tag}).status_code == 304


def test_a_tag_follows_the_version_of_a_record():
    class Record(Parcel):
        version = 1

        class Meta:
            proxy = True
            app_label = "core"

    record = Record(pk=1)
    first = etag(record)
    record.version = 2
    assert first != etag(record)


def test_a_job_tells_how_far_it_is(machine):
    job = Job.objects.create(kind="tests.count", title="Count", actor_kind="task", done=1, total=4)
    body = machine("read").get(f"/api/v1/jobs/{job.pk}").json()
    assert (body["id"], body["status"], body["percent"]) == (str(job.pk), "queued", 25)


def test_the_description_names_scopes_keys_and_problems(machine):
    machine("read")
    text = Client().get("/api/schema/", headers={"Accept": "application/json"})
    assert text.status_code == 200
    paths = Client().get("/api/schema/?format=json").json()["paths"]
    post = paths["/api/v1/parcels"]["post"]
    assert {"oauth2": ["write"]} in post["security"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in post["parameters"]]
    assert set(post["responses"]) >= {"400", "401", "403", "409", "422", "429"}


def test_the_description_can_be_read_by_people(machine):
    machine("read")
    assert Client().get("/api/docs/").status_code == 200
