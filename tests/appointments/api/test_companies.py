"""Companies over REST."""

from __future__ import annotations

import pytest

from appointments.models import Company
from appointments.services import create_company
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db
HERON = {
    "name": "Heron Life Insurance Co",
    "cocode": "77001",
    "fein": "00-0000771",
    "loa_categories": ["life", "health"],
    "states": [
        {"state": "CA", "just_in_time": True, "agent_types": ["producer"]},
        {"state": "OR", "active": False},
    ],
}


def paths(answer) -> list[str]:
    return [fault["path"] for fault in answer.json()["errors"]]


def test_a_company_reads_as_it_was_said(api):
    answer = api.post("/companies", HERON)
    said = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, "/api/v1/companies/77001")
    assert (said["name"], said["fein"], said["loa_categories"]) == (
        HERON["name"],
        "00-0000771",
        ["health", "life"],
    )
    assert said["states"][0] == {
        "state": "CA",
        "active": True,
        "just_in_time": True,
        "state_company_id": "",
        "agent_types": ["producer"],
    }
    assert api.get(answer["Location"]).json() == said


def test_a_cocode_that_is_on_file_is_a_conflict_that_names_its_holder(api, heron):
    answer = api.post("/companies", {"name": "Egret", "cocode": "77001"})
    assert (answer.status_code, answer.json()["code"], paths(answer)) == (
        409,
        "duplicate_company",
        ["cocode"],
    )
    assert "Heron Life Insurance Co" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"cocode": "7700"}, "cocode"),
        ({"cocode": "770012"}, "cocode"),
        ({"name": ""}, "name"),
        ({"fein": "77"}, "fein"),
        ({"loa_categories": ["cars"]}, "loa_categories"),
        ({"state": "ZZ"}, "state"),
        ({"states": [{"state": "ZZ"}]}, "states.0.state"),
        ({"states": [{"state": "CA"}, {"state": "CA"}]}, "states.1.state"),
        ({"states": [{"state": "CA", "agent_types": ["spy"]}]}, "states.0.agent_types.0"),
        ({"states": [{"active": True}]}, "states.0.state"),
    ],
)
def test_each_fault_is_named_by_its_place(api, changes, path):
    answer = api.post("/companies", {**HERON, **changes})
    assert (answer.status_code, paths(answer)) == (400, [path])
    assert not Company.objects.exists()


def test_only_what_is_named_changes_and_other_states_stay(api):
    api.post("/companies", HERON)
    body = {"city": "Salem", "states": [{"state": "OR", "active": True}]}
    said = api.patch("/companies/77001", body).json()
    assert (said["city"], said["name"]) == ("Salem", HERON["name"])
    assert {each["state"]: (each["active"], each["just_in_time"]) for each in said["states"]} == {
        "CA": (True, True),
        "OR": (True, False),
    }


def test_a_company_and_its_states_change_together_or_not_at_all(api, heron):
    answer = api.patch("/companies/77001", {"city": "Salem", "states": [{"state": "ZZ"}]})
    assert answer.status_code == 400
    assert Company.objects.get().city == ""


def test_a_change_of_what_somebody_else_changed_is_refused(api, heron):
    tag = api.get("/companies/77001")["ETag"]
    assert api.patch("/companies/77001", {"city": "Salem"}, **{"If-Match": tag}).status_code == 200
    stale = api.patch("/companies/77001", {"states": [{"state": "OR"}]}, **{"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")


def test_the_filters_of_the_screen_filter_here(api, heron):
    create_company({"name": "Egret", "cocode": "77002", "active": False}, actor=TESTER)

    def found(**query: str) -> list[str]:
        return [row["cocode"] for row in api.get("/companies", query).json()["results"]]

    assert found() == ["77001", "77002"]
    assert found(active="true") == ["77001"]
    assert found(q="egret") == ["77002"]


def test_a_page_costs_the_same_queries_for_one_row_and_for_many(api, heron, django_assert_num_queries):
    api.get("/companies")
    with django_assert_num_queries(3):  # the token, the companies, their states
        api.get("/companies")
    for number in range(3):
        create_company({"name": f"E{number}", "cocode": f"8800{number}"}, [{"state": "CA"}], actor=TESTER)
    with django_assert_num_queries(3):
        api.get("/companies")


def test_a_company_that_is_not_on_file_is_not_found(api):
    assert api.get("/companies/99999").status_code == 404
    assert api.patch("/companies/99999", {}).status_code == 404
