"""One producer's sync against everything a registry can do wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core import clock
from nipr.simulator.testing import RunningSimulator
from producers.enums import SyncRunStatus, SyncStatus
from producers.models import License, Producer, SyncRun, SyncState
from producers.sync import claims, reading
from tests.producers.sync.conftest import MAREN, PUDDLEJUMP
from tests.producers.sync.truth import known, told

pytestmark = pytest.mark.django_db
Sync = Callable[..., SyncRun]


def test_the_documents_facts_arrive(simulator: RunningSimulator, maren: Producer, sync: Sync):
    run = sync(maren)
    maren.refresh_from_db()
    assert maren.sync_status == SyncStatus.SUCCESS
    assert known(maren) == told(simulator.report(MAREN))
    assert (run.producers, run.changed, run.paid_lookups, run.cost_cents) == (1, 1, 1, 129)


def test_an_agency_arrives(simulator: RunningSimulator, on_file: Callable[..., list[Producer]], sync: Sync):
    [firm] = on_file(PUDDLEJUMP)
    sync(firm)
    firm.refresh_from_db()
    assert (firm.entity_type, firm.company_name) == ("firm", "Puddlejump Benefits Agency LLC")
    assert known(firm) == told(simulator.report(PUDDLEJUMP))


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ("unknown_npn", SyncStatus.INVALID_NPN, "Correct the NPN, then sync again."),
        ("truncated_xml", SyncStatus.NIPR_ERROR, "The facts stay as they were."),
        ("malformed_xml", SyncStatus.NIPR_ERROR, "The facts stay as they were."),
        ("html_login", SyncStatus.NIPR_ERROR, ""),
        ("wrong_npn", SyncStatus.NIPR_ERROR, "Nothing of it was kept."),
        ("server_error", SyncStatus.RETRY_ERROR, "The nightly sync tries again"),
        ("drop_before", SyncStatus.RETRY_ERROR, "The nightly sync tries again"),
        ("wrong_password", SyncStatus.NIPR_ERROR, "NIPR_PASSWORD"),
    ],
)
def test_each_fault_ends_in_a_status_and_says_what_to_do(
    simulator: RunningSimulator, maren: Producer, sync: Sync, settings, fault: str, status: str, said: str
):
    settings.NIPR_TIMEOUT = 2
    simulator.fault(fault, npn=MAREN, times=None)
    sync(maren)
    maren.refresh_from_db()
    assert maren.sync_status == status
    assert said in maren.sync_message
    assert not License.objects.exists()


def test_a_registry_that_does_not_answer_in_time_is_a_timeout(
    simulator: RunningSimulator, maren: Producer, sync: Sync, settings
):
    settings.NIPR_TIMEOUT = 0.3
    simulator.fault("latency", npn=MAREN, times=None, seconds=1.0)
    sync(maren)
    maren.refresh_from_db()
    assert maren.sync_status == SyncStatus.NIPR_TIMEOUT


def test_an_npn_that_is_none_is_not_sent(
    simulator: RunningSimulator, on_file: Callable[..., list[Producer]], sync: Sync
):
    [zero] = on_file("0000")
    run = sync(zero)
    zero.refresh_from_db()
    assert (zero.sync_status, run.paid_lookups) == (SyncStatus.INVALID_NPN, 0)


def test_the_failure_of_one_is_not_the_failure_of_the_others(
    simulator: RunningSimulator, on_file: Callable[..., list[Producer]], sync: Sync, log: list[str]
):
    producers = on_file(*simulator.npns)
    simulator.fault("truncated_xml", npn=producers[7].npn or "", times=None)
    run = sync(*producers)
    assert (run.status, run.failed, run.changed) == (SyncRunStatus.DONE, 1, len(producers) - 1)
    assert any(f"NPN {producers[7].npn}" in line for line in log)


def test_a_failure_keeps_the_facts(simulator: RunningSimulator, maren: Producer, sync: Sync):
    sync(maren)
    before = known(maren)
    simulator.fault("html_login", npn=MAREN, times=None)
    sync(maren)
    assert known(maren) == before


def test_nothing_is_claimed_when_a_run_is_over(simulator: RunningSimulator, maren: Producer, sync: Sync):
    sync(maren)
    state = SyncState.objects.get()
    assert (state.claim, state.claimed_until) == (None, None)


def test_a_producer_another_sync_is_busy_with_is_left_to_it(
    simulator: RunningSimulator, maren: Producer, sync: Sync, monkeypatch
):
    other = SyncRun.objects.create(kind="single", started_at="2026-03-02T00:00Z")
    assert claims.claim([maren.pk], other.claim) == {maren.pk}

    def the_other_ends(_seconds: float) -> None:
        Producer.objects.update(last_report_at=clock.now())
        claims.release([maren.pk], other.claim)

    monkeypatch.setattr(reading.time, "sleep", the_other_ends)
    run = sync(maren)
    assert run.paid_lookups == 0
    assert run.items.get().message == "Synced meanwhile by another run."


def test_a_claim_whose_holder_died_ends_by_itself(
    simulator: RunningSimulator, maren: Producer, sync: Sync, monkeypatch
):
    monkeypatch.setattr(reading, "LOOK_AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(claims, "LEASE", claims.timedelta(seconds=0.3))
    other = SyncRun.objects.create(kind="single", started_at="2026-03-02T00:00Z")
    claims.claim([maren.pk], other.claim)
    run = sync(maren)
    assert (run.changed, run.paid_lookups) == (1, 1)


def test_a_report_read_under_a_lost_claim_is_not_written(
    simulator: RunningSimulator, maren: Producer, sync: Sync, monkeypatch
):
    real_write = reading.Reading._write

    def lose_the_claim_first(self, reports, others):
        SyncState.objects.update(claim=None)
        real_write(self, reports, others)

    monkeypatch.setattr(reading.Reading, "_write", lose_the_claim_first)
    run = sync(maren)
    assert not License.objects.exists()
    assert run.items.get().message == "Another sync is at work on this producer."


def test_progress_is_told(simulator: RunningSimulator, on_file, sync: Sync, monkeypatch):
    monkeypatch.setattr(reading, "FETCHED_AT_ONCE", 10)
    told_of: list[tuple[int, int | None]] = []
    monkeypatch.setattr(
        "producers.sync.reporting.PlainReporter.progress",
        lambda _self, done, total=None: told_of.append((done, total)),
    )
    sync(*on_file(*simulator.npns[:25]))
    assert told_of == [(10, 25), (20, 25), (25, 25)]
