"""Two uploads of the same producers at the same moment: nobody is on file twice, and no row is lost."""

from __future__ import annotations

import pytest

from core.imports import services
from core.jobs.runner import run_job
from producers.models import Producer, ProducerAssignment
from rulebook.models import Jurisdiction
from tests.at_once import all_at_once
from tests.producers.cast import put_on_file
from tests.producers.imports.desk import TASK, Desk, agent, assigned

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 40


@pytest.fixture
def two() -> tuple[Desk, Desk]:
    Jurisdiction.objects.create(code="OR", name="Oregon")
    put_on_file("9900001", entity_type="firm", company_name="Blue Harbor Agency")
    return Desk(), Desk()


def processed_at_once(one, other):
    runs = [services.process(run, actor=TASK) for run in (one, other)]
    all_at_once(*(lambda run=run: run_job(run.job_id) for run in runs))
    for run in runs:
        run.refresh_from_db()
        assert run.status == "done", run.message
    return runs


def npns(numbers):
    return [assigned(agent_npn=f"7700{number:04}", first_name=f"F{number}") for number in numbers]


def test_the_same_rows_in_two_uploads_put_everybody_on_file_once(two):
    one, other = two
    runs = processed_at_once(one.read(*npns(range(MANY))), other.read(*npns(reversed(range(MANY)))))
    assert Producer.objects.filter(entity_type="individual").count() == MANY
    assert ProducerAssignment.objects.count() == MANY
    assert {run.results["failed"] for run in runs} == {0}
    assert [run.results["done"] for run in runs] == [MANY, MANY]


def test_the_same_new_agency_in_two_uploads_comes_on_file_once(two):
    one, other = two
    cells = {"agency_npn": "9900002", "agency_name": "New Harbor"}
    runs = processed_at_once(one.read(agent(1, **cells)), other.read(agent(2, **cells)))
    assert Producer.objects.filter(npn="9900002").count() == 1
    assert Producer.objects.get(npn="9900002").members.count() == 2
    assert {run.results["failed"] for run in runs} == {0}


def test_one_number_for_two_people_in_two_uploads_goes_to_the_first(two):
    one, other = two
    ssn = {"agent_ssn": "123-45-6789"}
    runs = processed_at_once(one.read(agent(1, **ssn)), other.read(agent(2, **ssn)))
    assert Producer.objects.exclude(ssn_hash="").count() == 1
    assert sorted(run.results["failed"] for run in runs) == [0, 1]


def test_two_uploads_of_one_assignment_make_it_once(two):
    ines = put_on_file("88100001", last_name="Abernathy")
    one, other = two
    wish = {"agent_npn": "88100001", "states": "OR", "loa_category": "life", "scorecard_type": "license"}
    processed_at_once(one.read(wish, kind="assignment"), other.read({**wish}, kind="assignment"))
    assert ines.assignments.count() == 1
