"""The API against its own description: generated requests, right and wrong ones, over every operation."""

from __future__ import annotations

import json
import os

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.api.throttling import CallerThrottle
from tests.core.api.machine import Machine
from tests.core.api.world import World, operations

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
#: Of each operation; a longer run asks for more.
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "75"))


@pytest.fixture(scope="module")
def description(tmp_path_factory):
    """What the product says of itself, with no warning on the way."""
    path = tmp_path_factory.mktemp("api") / "schema.json"
    call_command(
        "spectacular", "--fail-on-warn", "--validate", "--format", "openapi-json", "--file", str(path)
    )
    return json.loads(path.read_text())


@pytest.fixture
def token(world):
    """Of a client that may do all. From here on requests leave the test's connection open (as Django's client does)."""
    token = Machine("read write submit").token
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield token
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_operation_is_described(description):
    described = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in description["paths"].items()
        for method in methods
    }
    assert described == set(operations())


def generated(described):
    """Requests as they are described, and requests that are not, where a request can be wrong at all."""
    right, wrong = (described.as_strategy(mode) for mode in schemathesis.GenerationMode)
    return st.one_of(right, wrong) if described.query or described.body else right


@pytest.mark.parametrize("operation", operations(), ids=" ".join)
def test_no_request_breaks_an_operation_or_its_description(
    world: World, token, monkeypatch, description, operation
):
    monkeypatch.setattr(CallerThrottle, "get_rate", lambda _self: "1000000/min")
    method, route = operation
    schema = schemathesis.openapi.from_dict(description)
    schema.app = get_wsgi_application()
    requests = generated(schema[f"/api/v1{route}"][method])
    on_file = {name: value for name, value in world.values_of(route).items() if f"{{{name}}}" in route}

    @settings(
        max_examples=REQUESTS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=requests, known=st.integers(0, 9))
    def fuzz(case, known):
        if known and on_file:  # mostly records that there are, or nothing beyond 404 is seen
            case.path_parameters = dict(on_file)
        with transaction.atomic():
            case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {token}"})
            transaction.set_rollback(True)

    fuzz()
