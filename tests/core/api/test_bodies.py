"""What programs send: read strictly, bounded, and refused with the place of the fault; never a breakdown."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from core.api.parsers import DEEPEST
from tests.core.api.machine import Parts
from tests.core.api.world import CHANGES

pytestmark = pytest.mark.django_db
#: Of what is sent in parts tests/core/imports/api tells.
SENDING = sorted(operation for operation, (body, _status) in CHANGES.items() if not isinstance(body, Parts))
WRONG_VALUES = [None, 0, -1, 10**400, 1.5, True, "", "x" * 5000, "İ\u202e\u2028", [], [[]], {}, {"a": [None]}]


def places(answer) -> set[str]:
    return {fault["path"] for fault in answer.json()["errors"]}


def refused_as(answer) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["code"], answer["Content-Type"]


BROKEN = [
    b"{",
    b"{'npn': 1}",
    b'{"npn": NaN}',
    b'{"npn": Infinity}',
    b'{"npn": 1} x',
    b"\xff\xfe{}",
    b'{"npn": ' + b"1" * 5000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"last_name": "a\\u0000b"}',
    b'{"a\\u0000b": 1}',
    b'{"last_name": "\\ud800"}',
]


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-16"])
def test_a_body_that_is_no_decent_json_is_refused(writer, content_type):
    for body in BROKEN:
        answer = writer.send_raw("POST", "/producers", body, content_type)
        assert refused_as(answer) == (400, "parse_error", "application/problem+json"), body[:24]


def test_an_empty_body_lacks_what_is_required(writer):
    assert writer.send_raw("POST", "/producers", b"").json()["errors"][0]["code"] == "required"


def test_a_broken_body_is_refused_everywhere(world, spender):
    for method, route in SENDING:
        answer = spender.send_raw(method, world.path(route), b"{")
        assert refused_as(answer) == (400, "parse_error", "application/problem+json"), route


def test_what_a_stranger_sends_is_not_even_read(world):
    for method, route in SENDING:
        answer = Client().generic(method, f"/api/v1{world.path(route)}", b"{", "application/json")
        assert answer.status_code == 401, route


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_what_is_not_json_is_refused_everywhere(world, spender, kind):
    for method, route in SENDING:
        answer = spender.send_raw(method, world.path(route), b"npn=1", kind)
        assert refused_as(answer) == (415, "unsupported_media_type", "application/problem+json"), route


def test_nesting_is_allowed_to_a_depth_that_no_sensible_body_reaches(writer):
    for levels, code in ((DEEPEST, "invalid_input"), (DEEPEST + 1, "parse_error")):
        body = b'{"a":' + b"[" * (levels - 1) + b"1" + b"]" * (levels - 1) + b"}"
        assert writer.send_raw("POST", "/producers", body).json()["code"] == code


@pytest.mark.parametrize("key", ["", "k1"])
def test_more_than_twelve_megabytes_are_refused(writer, settings, key):
    body = b'{"last_name": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    headers = {"Authorization": f"Bearer {writer.token}"} | ({"Idempotency-Key": key} if key else {})
    answer = writer.http.generic("POST", "/api/v1/producers", body, "application/json", headers=headers)
    assert refused_as(answer) == (413, "too_large", "application/problem+json")


def test_an_unknown_field_is_named_everywhere(world, spender):
    for method, route in SENDING:
        answer = spender.send(method, world.path(route), {**CHANGES[method, route][0], "is_staff": True})
        assert (answer.status_code, places(answer)) == (400, {"is_staff"}), route


@pytest.mark.parametrize("operation", SENDING, ids=" ".join)
def test_values_of_any_wrong_type_are_refused_or_harmless(world, spender, operation):
    method, route = operation
    right = CHANGES[operation][0]
    for name in right:
        for value in WRONG_VALUES:
            answer = spender.send(method, world.path(route), json.dumps({**right, name: value}))
            assert answer.status_code < 500, (name, value, answer.content)


def test_a_body_that_is_no_object_is_refused_everywhere(world, spender):
    for method, route in SENDING:
        for body in ([], "text", 3, True):
            answer = spender.send(method, world.path(route), json.dumps(body))
            assert refused_as(answer) == (400, "invalid_input", "application/problem+json"), route


def test_a_fault_deep_inside_is_named_by_its_path(writer):
    body = {
        "name": "Egret",
        "cocode": "77002",
        "states": [{"state": "CA"}, {"state": "ZZ"}, {"colour": "red"}],
    }
    assert places(writer.post("/companies", body)) == {"states.2.state", "states.2.colour"}
    body["states"].pop()
    assert places(writer.post("/companies", body)) == {"states.1.state"}
