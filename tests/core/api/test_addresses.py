"""What holds for any address of the API, whatever stands in it."""

from __future__ import annotations

import base64
import re

import pytest
from django.test import Client

from appointments.filters.transactions import TransactionFilter
from core.api import views
from producers.filters import AnyProducerFilter
from tests.core.api.world import READS, operations, routes

pytestmark = pytest.mark.django_db
READING = sorted(READS)


def mark(text: str) -> str:
    """A cursor that says so."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


NONSENSE = ["\0", "²", "'; DROP TABLE x; --", "9" * 400, "-1", "1e400", "a" * 3000]
PARAMETERS = {
    "page_size",
    "cursor",
    "before",
    "on",
    "known_at",
    "state",
    "loa_category",
    "cocode",
    "q",
    "active",
    "bulk_request",
}
UNREADABLE_CURSORS = [
    mark(values) for values in ('["1e400"]', "[1e400]", '["a"]', "[" * 3000, "{}", "[1, 2]")
]


@pytest.mark.parametrize("operation", READING, ids=" ".join)
def test_no_query_string_breaks_anything(world, reader, operation):
    path = world.path(operation[1])
    for name in PARAMETERS | {*AnyProducerFilter.base_filters, *TransactionFilter.base_filters}:
        for value in NONSENSE:
            answer = reader.get(path, {**READS[operation], name: value})
            assert answer.status_code < 500, (name, value)


def test_a_cursor_of_ones_own_making_breaks_nothing(reader):
    for cursor in UNREADABLE_CURSORS:
        for name in ("cursor", "before"):
            assert reader.get("/producers", {name: cursor}).status_code == 400, cursor


def test_no_record_of_that_name_is_not_found(world, spender):
    for method, route in operations():
        for value in (
            ("%00", "%2e%2e", "%27", "9" * 400, "%F0%9F%A6%89", "%ff", "a%0Ab") if "{" in route else ()
        ):
            path = re.sub(r"\{\w+\}", value, route, count=1)
            answer = spender.send(method, world.path(path), {} if method != "GET" else None)
            assert answer.status_code in {400, 404}, (method, path)
            assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("route", sorted(route for route, _view in routes()))
def test_methods_that_a_route_does_not_have_are_named_as_such(world, writer, route):
    has = {method for method, each in operations() if each == route}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - has:
        answer = writer.send(method, world.path(route), {})
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert set(answer["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == has


@pytest.mark.parametrize("operation", READING, ids=" ".join)
def test_head_answers_like_get_without_a_body(world, reader, operation):
    path, query = world.path(operation[1]), READS[operation]
    head = reader.http.head(f"/api/v1{path}", query, headers=reader._headers({}))
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("route", sorted(route for route, _view in routes()))
def test_options_names_the_methods_and_reads_nothing(world, writer, route, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        answer = writer.send("OPTIONS", world.path(route))
    assert answer.status_code == 200
    assert "Allow" in answer


@pytest.mark.parametrize("operation", READING, ids=" ".join)
def test_no_answer_is_kept_by_a_cache(world, reader, operation):
    assert "no-store" in reader.get(world.path(operation[1]), READS[operation])["Cache-Control"]


@pytest.mark.parametrize("operation", READING, ids=" ".join)
def test_every_moment_is_told_in_utc(world, reader, operation):
    text = reader.get(world.path(operation[1]), READS[operation]).content.decode()
    moments = re.findall(r'"(\d{4}-\d\d-\d\dT[^"]+)"', text)
    assert [moment for moment in moments if not moment.endswith("Z")] == []


@pytest.mark.parametrize("operation", READING, ids=" ".join)
def test_personal_data_is_in_no_answer(world, reader, operation):
    text = reader.get(world.path(operation[1]), READS[operation]).content.decode()
    assert not re.search(r"123.?45.?6789|1979.?03.?14", text)


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/producers/", "/api/", "/api/v1/jobs/1", "/oauth/nothing"]
)
def test_an_address_that_does_not_exist_is_a_problem_too(reader, path):
    answer = reader.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_an_answer_in_another_format_cannot_be_had(reader):
    answer = reader.get("/producers", Accept="application/xml")
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


def test_a_host_that_is_not_ours_is_a_problem(reader):
    answer = reader.get("/producers", Host="evil.example.com")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_breakdown_says_nothing_but_the_number_to_quote(reader, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(views.ListView, "get_queryset", broken)
    answer = reader.get("/producers")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["request_id"]
    assert b"swordfish" not in answer.content
    assert b"Traceback" not in answer.content


def test_the_index_of_the_api_is_readable_by_anybody():
    assert Client().get("/api/schema/").status_code == 200
