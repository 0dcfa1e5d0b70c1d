"""What a producer should hold, said over REST."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db
ADDRESS = "/producers/88100001/assignments"
LIFE = {"states": ["ca", "OR"], "loa_categories": ["life"]}


def test_an_assignment_reads_as_it_was_said(api, ines):
    answer = api.post(ADDRESS, {**LIFE, "external_id": "a-1"})
    said = answer.json()
    assert answer.status_code == 201
    assert (said["states"], said["loa_categories"], said["cocodes"]) == (["CA", "OR"], ["life"], [])
    assert (said["agent_type"], said["scorecard_type"], said["external_id"]) == ("producer", "license", "a-1")
    assert api.get(ADDRESS).json()["results"] == [said]


def test_the_same_again_is_answered_with_the_one_there_is(api, ines):
    first, again = (api.post(ADDRESS, LIFE) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_with_companies_a_scorecard_asks_for_appointments(api, ines, heron):
    body = {**LIFE, "cocodes": [heron], "scorecard_type": "license_and_appointment"}
    assert api.post(ADDRESS, body).json()["cocodes"] == ["77001"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"states": []}, "states"),
        ({"states": ["ZZ"]}, "states"),
        ({"states": "CA"}, "states"),
        ({"loa_categories": ["cars"]}, "loa_categories"),
        ({"cocodes": ["99999"]}, "cocodes"),
        ({"cocodes": ["771234"]}, "cocodes.0"),
        ({"scorecard_type": "license_and_appointment"}, "cocodes"),
        ({"agent_type": "spy"}, "agent_type"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(api, ines, changes, path):
    answer = api.post(ADDRESS, {**LIFE, **changes})
    assert (answer.status_code, [fault["path"] for fault in answer.json()["errors"]]) == (400, [path])
    assert api.get(ADDRESS).json()["results"] == []
