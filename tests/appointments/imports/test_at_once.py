"""Two uploads of the same at the same moment: each thing is asked for once."""

from __future__ import annotations

import pytest

from appointments.models import BulkRequest, Transaction
from core.imports import services
from core.imports.models import ImportRun
from core.jobs.runner import run_job
from tests.appointments.asking import world
from tests.appointments.imports import desk
from tests.appointments.imports.world import cells
from tests.at_once import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("transactional_db")]


@pytest.fixture
def npns(transactional_db) -> list[str]:
    world.build()
    found = [str(88_500_000 + number) for number in range(12)]
    for npn in found:
        world.license_of(world.licensed(npn), "TX", residency="NR")
    return found


def _processing(npns: list[str], **options) -> ImportRun:
    rows = [cells(agent_npn=npn, states="CA;TX", loa_category="16") for npn in npns]
    return services.process(desk.appoint(*rows, **options), actor=desk.TESTER)


@pytest.mark.usefixtures("two_a_chunk")
@pytest.mark.parametrize("batches", ["one", "by_state"])
def test_two_uploads_of_the_same_open_one_transaction_each(npns, batches):
    one, other = _processing(npns), _processing(npns[::-1], batches=batches)
    all_at_once(lambda: run_job(one.job_id), lambda: run_job(other.job_id))
    runs = list(ImportRun.objects.all())
    assert [run.status for run in runs] == ["done", "done"]
    open_ones = Transaction.objects.filter(is_open=True)
    assert open_ones.count() == open_ones.values("npn", "state").distinct().count() == 24
    told = [row for run in runs for row in run.rows.all()]
    assert {row.state for row in told} == {"done"}
    assert sum(row.effect["made"] for row in told) == 24
    numbers = [number for row in told for number in row.effect["transactions"]]
    assert len(set(numbers)) == 24


@pytest.mark.usefixtures("two_a_chunk")
def test_the_job_that_two_workers_have_asks_once(npns):
    run = _processing(npns)
    all_at_once(*[lambda: run_job(run.job_id)] * 3)
    run.refresh_from_db()
    assert run.status == "done"
    assert Transaction.objects.count() == 24
    assert BulkRequest.objects.count() == 1
