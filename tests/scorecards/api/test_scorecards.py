"""Scorecards and standing over REST: never stale, with the decisions behind every cell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from producers.models import License, Producer, ProducerAssignment
from scorecards import services
from tests.scorecards import records

pytestmark = pytest.mark.django_db
STANDING = "/producers/88100001/standing"
LIFE_IN_CALIFORNIA = {"state": "CA", "loa_category": "life"}


def expire(producer: Producer) -> None:
    """Its licence ends yesterday, and its scorecards are marked stale as a sync would do."""
    License.objects.filter(producer=producer).update(expiration_date=clock.today() - timedelta(days=1))
    services.mark_stale(producer_ids=[producer.pk])


def licensed(said) -> str:
    return next(
        cell["status"] for cell in said["cells"] if (cell["kind"], cell["state"]) == ("license", "CA")
    )


def test_a_scorecard_reads_with_its_cells_and_their_decisions(api, scorecard):
    said = api.get(f"/scorecards/{scorecard.number}").json()
    assert (said["number"], said["npn"], said["stale"]) == (scorecard.number, "88100001", False)
    assert said["assignment"]["states"] == ["CA", "TX"]
    kinds = {(cell["kind"], cell["state"], cell["loa_category"], cell["cocode"]) for cell in said["cells"]}
    assert ("license", "CA", "life", "") in kinds
    assert ("appointment", "TX", "life", "77001") in kinds
    decision = said["cells"][0]["decisions"][0]
    assert {"rule", "outcome", "text", "facts", "source", "effective_from", "fix"} <= set(decision)


def test_a_stale_scorecard_is_computed_before_it_is_told(api, ines, scorecard):
    assert licensed(api.get(f"/scorecards/{scorecard.number}").json()) == "renew"
    expire(ines)
    said = api.get(f"/scorecards/{scorecard.number}").json()
    assert (licensed(said), said["stale"]) != ("renew", True)
    assert licensed(said) != "renew"


def test_those_of_a_producer_are_never_stale_either(api, ines, scorecard):
    expire(ines)
    (said,) = api.get("/producers/88100001/scorecards").json()["results"]
    assert not said["stale"]
    assert licensed(said) != "renew"


def test_a_refresh_of_what_was_read_today_buys_nothing(api, ines, scorecard):
    answer = api.post(f"/scorecards/{scorecard.number}/refresh", {})
    assert (answer.status_code, answer["Location"]) == (200, f"/api/v1/scorecards/{scorecard.number}")


def test_a_refresh_of_older_facts_is_under_way(api, ines, scorecard):
    Producer.objects.update(last_synced_at=clock.now() - timedelta(days=3))
    answer = api.post(f"/scorecards/{scorecard.number}/refresh", {})
    assert (answer.status_code, answer.json()["number"]) == (202, scorecard.number)


def test_scorecards_cost_the_same_queries_for_one_and_for_many(api, ines, scorecard):
    counts = []
    for category in ("life", "health"):
        records.assign(ines, loa_categories=[category], external_id=category)
        services.ensure_scorecards([ines.pk])
        api.get("/producers/88100001/scorecards")
        with CaptureQueriesContext(connection) as queries:
            assert api.get("/producers/88100001/scorecards").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_ended_assignment_has_no_scorecard_in_the_list(api, ines, scorecard):
    ProducerAssignment.objects.update(ended_at=clock.now())
    assert api.get("/producers/88100001/scorecards").json()["results"] == []


def test_no_scorecard_of_that_number_is_not_found(api):
    assert api.get("/scorecards/SCORE-9999").status_code == 404
    assert api.post("/scorecards/SCORE-9999/refresh", {}).status_code == 404


def test_who_is_licensed_may_sell(api, ines):
    said = api.get(STANDING, LIFE_IN_CALIFORNIA).json()
    assert (said["allowed"], said["license"]["status"], said["appointment"]) == (True, "renew", None)
    assert said["decisions"]


def test_who_is_not_appointed_may_not_sell_for_that_company(api, ines):
    asked = {**LIFE_IN_CALIFORNIA, "cocode": "77001"}
    assert api.get(STANDING, asked).json()["allowed"] is False
    records.appointment(ines)
    assert api.get(STANDING, asked).json()["allowed"] is True


def test_standing_follows_the_day_and_what_was_known(api, ines):
    after = (clock.today() + timedelta(days=60)).isoformat()
    before = (clock.today() - timedelta(days=30)).isoformat()
    assert api.get(STANDING, {**LIFE_IN_CALIFORNIA, "on": after}).json()["allowed"] is False
    assert api.get(STANDING, {**LIFE_IN_CALIFORNIA, "known_at": before}).json()["allowed"] is False


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"state": ""}, "state"),
        ({"state": "Calif"}, "state"),
        ({"state": "ZZ"}, "state"),
        ({"loa_category": "cars"}, "loa_category"),
        ({"cocode": "1"}, "cocode"),
        ({"on": "soon"}, "on"),
        ({"known_at": "soon"}, "known_at"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_at_its_place(api, ines, changes, path):
    answer = api.get(STANDING, {**LIFE_IN_CALIFORNIA, **changes})
    assert (answer.status_code, [fault["path"] for fault in answer.json()["errors"]]) == (400, [path])
