"""The library over the API."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from rulebook.fields import FIELDS
from rulebook.models import StateRule

pytestmark = pytest.mark.django_db
BODY = {
    "field": "renewal_window_days",
    "value": 120,
    "effective_from": "2026-12-01",
    "effective_to": "2026-12-31",
    "reason": "Bulletin 2026-14",
}


@pytest.fixture
def api(ada) -> APIClient:
    """A session of the administrator."""
    client = APIClient()
    client.force_login(ada)
    return client


@pytest.fixture
def reader(otto) -> APIClient:
    """A session of the auditor, who changes nothing."""
    client = APIClient()
    client.force_login(otto)
    return client


def test_a_state_reads_with_every_rule_typed_and_the_unknown_null(api, shipped):
    state = api.get("/api/v1/states/AL", {"on": "2026-11-21"}).json()
    rules = state["rules"]
    assert (state["code"], state["name"], state["on"]) == ("AL", "Alabama", "2026-11-21")
    assert rules["renewal_window_days"]["value"] == 90
    assert rules["appointment_fee_usd"]["value"] == "40"
    assert "VOLUNTARY" in rules["termination_reason_codes"]["value"]
    assert rules["backdate_termination_days"]["effective_from"] == "2018-05-01"
    assert rules["firm_appointment_covers_people"] is None
    assert set(rules) == {field.name for field in FIELDS}


def test_a_state_of_a_day_reads_the_rules_of_that_day(api, override):
    override()
    during = api.get("/api/v1/states/CA", {"on": "2026-12-31"}).json()
    after = api.get("/api/v1/states/CA", {"on": "2027-01-01"}).json()
    window = during["rules"]["renewal_window_days"]
    assert (window["value"], window["override"], window["author"]) == (120, True, "Ada Lindqvist")
    assert after["rules"]["renewal_window_days"]["value"] == 90
    assert len(after["overrides"]) == 1


@pytest.mark.parametrize("address", ["/api/v1/states/ZZ", "/api/v1/states/US", "/api/v1/states/ZZ/lines"])
def test_a_state_that_does_not_exist_is_not_found(api, california, address):
    assert api.get(address).status_code == 404


def test_a_day_that_is_none_is_refused(api, california):
    assert api.get("/api/v1/states/CA", {"on": "soon"}).status_code == 400


@pytest.mark.parametrize("value", [120, "120"])
def test_a_local_rule_is_posted(api, california, value):
    response = api.post("/api/v1/states/CA/overrides", {**BODY, "value": value}, format="json")
    assert response.status_code == 201
    said = response.json()
    assert (said["state"], said["field"], said["value"], said["override"]) == (
        "CA",
        "renewal_window_days",
        120,
        True,
    )
    assert StateRule.objects.get(pk=said["id"]).author_label == "Ada Lindqvist"


def test_a_list_of_words_is_posted_as_a_list(api, shipped):
    body = {**BODY, "field": "termination_reason_codes", "value": ["DEATH", "VOLUNTARY"]}
    said = api.post("/api/v1/states/CA/overrides", body, format="json").json()
    assert said["value"] == ["DEATH", "VOLUNTARY"]


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "soon"},
        {"value": True},
        {"value": []},
        {"value": {"days": 3}},
        {"value": None},
        {"field": "weather"},
        {"reason": ""},
        {"effective_to": "2026-11-01"},
        {"effective_from": "soon"},
        {"colour": "red"},
    ],
)
def test_a_body_that_makes_no_sense_is_refused_and_changes_nothing(api, california, changes):
    response = api.post("/api/v1/states/CA/overrides", {**BODY, **changes}, format="json")
    assert response.status_code == 400
    assert not StateRule.objects.filter(origin="local").exists()


@pytest.mark.parametrize("body", [[], "text", None, 3])
def test_a_body_that_is_no_object_is_refused(api, california, body):
    assert api.post("/api/v1/states/CA/overrides", body, format="json").status_code == 400


def test_a_person_without_the_right_reads_and_changes_nothing(reader, california):
    assert reader.get("/api/v1/states/CA").status_code == 200
    assert reader.post("/api/v1/states/CA/overrides", BODY, format="json").status_code == 403
    line = {"name": "Life", "categories": ["life"]}
    assert reader.put("/api/v1/states/CA/lines/16", line, format="json").status_code == 403


def test_nobody_who_is_not_signed_in_changes_anything(california):
    response = APIClient().post("/api/v1/states/CA/overrides", BODY, format="json")
    assert response.status_code in {401, 403}


def test_lines_read_with_their_categories_and_how_they_are_known(api, shipped):
    lines = {line["loa_code"]: line for line in api.get("/api/v1/states/CO/lines").json() if line["loa_code"]}
    assert lines["16"]["categories"] == ["life"]
    assert (lines["823"]["categories"], lines["823"]["confidence"]) == (["health"], "matched_by_name")


def test_a_line_nobody_knew_is_put_and_read_back(api, california):
    body = {"name": "Part time fraternal", "categories": ["fraternal", "life"]}
    response = api.put("/api/v1/states/CA/lines/901", body, format="json")
    assert response.status_code == 200
    assert response.json()["categories"] == ["life", "fraternal"]
    lines = {line["loa_code"]: line for line in api.get("/api/v1/states/CA/lines").json()}
    assert (lines["901"]["name"], lines["901"]["override"]) == ("Part time fraternal", True)


def test_putting_a_line_twice_is_putting_it_once(api, california):
    body = {"name": "Part time fraternal", "categories": ["fraternal", "life"]}
    first, second = (api.put("/api/v1/states/CA/lines/901", body, format="json").json() for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Odd", "categories": ["cars"]},
        {"name": "", "categories": ["life"]},
        {"name": "Odd"},
        {"name": "Odd", "categories": ["life"], "colour": "red"},
    ],
)
def test_a_line_that_makes_no_sense_is_refused(api, california, body):
    assert api.put("/api/v1/states/CA/lines/901", body, format="json").status_code == 400
