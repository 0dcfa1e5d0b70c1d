"""A program's first day, over a real socket: sign in, write, read, follow pages, be told what is wrong."""

from __future__ import annotations

import httpx
import pytest

from tests.core.api.machine import Machine

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=False)


@pytest.fixture
def program(live_server):
    """Signed in with HTTP Basic, as the documentation shows it."""
    machine = Machine("read write")
    with httpx.Client(base_url=live_server.url) as http:
        token = http.post(
            "/oauth/token/",
            data={"grant_type": "client_credentials"},
            auth=(machine.client_id, machine.client_secret),
        ).json()
        http.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield http


def put_on_file(program: httpx.Client, npn: str, **headers: str) -> httpx.Response:
    body = {"npn": npn, "last_name": "Abernathy", "nipr_tracking": "inactive"}
    return program.post("/api/v1/producers", json=body, headers=headers)


def test_what_is_written_is_read_back_and_replayed_byte_for_byte(program):
    first = put_on_file(program, "88100001", **{"Idempotency-Key": "k1"})
    again = put_on_file(program, "88100001", **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (first.headers["Location"], first.headers["ETag"]) == (
        again.headers["Location"],
        again.headers["ETag"],
    )
    assert program.get(first.headers["Location"]).json() == first.json()


def test_links_lead_through_the_pages(program):
    for npn in ("1", "2", "3"):
        put_on_file(program, npn)
    seen, address = [], "/api/v1/producers?page_size=2"
    while address:
        page = program.get(address).json()
        seen += [row["npn"] for row in page["results"]]
        address = page["next"]
    assert seen == ["1", "2", "3"]


def test_a_mistake_is_told_as_a_problem(program):
    answer = program.post("/api/v1/producers", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["request_id"]
