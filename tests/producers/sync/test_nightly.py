"""The night against a registry that lives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nipr.simulator.testing import RunningSimulator
from producers.enums import SyncRunStatus
from producers.models import Change, Producer, SyncRun
from tests.producers.sync.truth import known, told

pytestmark = pytest.mark.django_db
OnFile = Callable[..., list[Producer]]
Night = Callable[[], SyncRun]

NOT_IN_ALERTS = frozenset({"ce_credits_needed"})


def test_the_facts_follow_the_registry_by_alerts_alone(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: Night, log: list[str]
) -> None:
    producers = on_file(*simulator.npns)
    first = sync_nightly()
    assert (first.status, first.paid_lookups) == (SyncRunStatus.DONE, len(producers)), first.message
    for _ in range(30):
        simulator.move(1)
        run = sync_nightly()
        assert (run.status, run.paid_lookups) == (SyncRunStatus.DONE, 0), (run.message, log)
    truth = {npn: simulator.report(npn) for npn in simulator.npns}
    simulator.move(1)  # what happens on a day is in the alerts of the next morning
    sync_nightly()
    assert Change.objects.exists()
    for producer in producers:
        report = truth[producer.npn or ""]
        assert known(producer, without=NOT_IN_ALERTS) == told(report, without=NOT_IN_ALERTS), producer.npn
