"""Many programs at the same moment."""

from __future__ import annotations

from collections import Counter

import pytest

from core.jobs.models import Job
from producers.models import Producer, ProducerAssignment
from rulebook.models import Jurisdiction
from tests.at_once import at_once
from tests.core.api.machine import Machine
from tests.producers.cast import put_on_file

pytestmark = pytest.mark.django_db(transaction=True)
INES = {"npn": "88100001", "last_name": "Abernathy"}
TIMES = 20


@pytest.fixture
def api() -> Machine:
    Jurisdiction.objects.get_or_create(code="CA", defaults={"name": "California"})
    return Machine("read write")


def statuses(answers) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_one_request_sent_twenty_times_at_once_has_one_effect(api):
    answers = at_once(lambda _: api.post("/producers", INES, key="hr-1"), TIMES)
    assert set(statuses(answers)) <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert (Producer.objects.count(), Job.objects.count()) == (1, 1)


def test_of_twenty_who_put_the_same_producer_on_file_one_succeeds(api):
    answers = at_once(lambda number: api.post("/producers", INES, key=f"hr-{number}"), TIMES)
    assert statuses(answers) == {201: 1, 409: TIMES - 1}
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"duplicate_producer"}


def test_of_twenty_who_change_what_they_have_read_one_succeeds(api):
    put_on_file("88100001")
    tag = api.get("/producers/88100001")["ETag"]
    answers = at_once(
        lambda number: api.patch("/producers/88100001", {"phone": str(number + 1)}, **{"If-Match": tag}),
        TIMES,
    )
    assert statuses(answers) == {200: 1, 412: TIMES - 1}
    assert Producer.objects.get().version == 2


def test_the_same_assignment_of_twenty_at_once_is_one(api):
    put_on_file("88100001")
    body = {"states": ["CA"], "loa_categories": ["life"]}
    answers = at_once(lambda _: api.post("/producers/88100001/assignments", body), TIMES)
    assert set(statuses(answers)) <= {200, 201}
    assert len({each.json()["id"] for each in answers}) == 1
    assert ProducerAssignment.objects.count() == 1
