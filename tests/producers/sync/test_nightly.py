"""The night against a registry that lives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from nipr.client import RegistryClient, RegistryConfig
from nipr.ledger import MemoryLedger
from nipr.simulator.testing import START, RunningSimulator
from nipr.wire.messages import AddInfo
from producers.enums import SyncRunKind, SyncRunStatus, SyncStatus, Tracking
from producers.models import AlertSubscription, Change, Producer, SyncRun, SyncState
from producers.services.refresh import read_today
from producers.sync.nightly import Night, changed_since, days_to_read, registry_day
from producers.sync.reading import client_for
from producers.sync.reporting import PlainReporter
from producers.sync.runs import add_items, open_run
from tests.producers.sync.conftest import MAREN, PUDDLEJUMP
from tests.producers.sync.moments import at_noon_of
from tests.producers.sync.truth import known, told

pytestmark = pytest.mark.django_db
OnFile = Callable[..., list[Producer]]
RunNight = Callable[[], SyncRun]

NOT_IN_ALERTS = frozenset({"ce_credits_needed"})


def test_the_facts_follow_the_registry_by_alerts_alone(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: RunNight, log: list[str]
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


# What is bought, and what is not


def test_a_quiet_night_costs_nothing(simulator: RunningSimulator, on_file: OnFile, sync_nightly: RunNight):
    on_file(MAREN, PUDDLEJUMP)
    sync_nightly()
    run = sync_nightly()
    assert (run.status, run.paid_lookups, run.cost_cents) == (SyncRunStatus.DONE, 0, 0)


def test_who_is_covered_by_alerts_is_as_fresh_as_they_are(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight
):
    sync_nightly()
    simulator.move(2)
    sync_nightly()
    maren.refresh_from_db()
    assert maren.last_synced_at is not None
    assert timezone.localdate(maren.last_synced_at) == simulator.today - timedelta(days=1)
    assert maren.last_report_at is not None
    assert maren.last_report_at.date() == START


@pytest.mark.parametrize("are_out", [False, True])
def test_refresh_reads_the_registry_until_the_alerts_of_the_day_are_out(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight, are_out: bool
):
    sync_nightly()
    simulator.happen(MAREN, "lapse", "OR")
    simulator.move(1)
    sync_nightly()
    assert Change.objects.exists()
    if are_out:
        simulator.fault("no_alerts", operation="receiveSpecificReportForSubscription", times=1)
        sync_nightly()
    maren.refresh_from_db()
    with at_noon_of(simulator.today):
        assert read_today(maren) is are_out


def test_a_failed_producer_is_asked_about_again(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight
):
    simulator.fault("truncated_xml", npn=MAREN, times=None)
    run = sync_nightly()
    maren.refresh_from_db()
    assert (run.failed, maren.sync_status) == (1, SyncStatus.NIPR_ERROR)
    simulator.registry.faults.clear()
    run = sync_nightly()
    maren.refresh_from_db()
    assert (run.failed, maren.sync_status, maren.sync_message) == (0, SyncStatus.SUCCESS, "")


def test_an_npn_nobody_has_is_not_bought_every_night(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: RunNight
):
    [unknown] = on_file("12345")
    sync_nightly()
    unknown.refresh_from_db()
    assert unknown.sync_status == SyncStatus.INVALID_NPN
    run = sync_nightly()
    assert run.items.count() == 0


def test_addinfo_saves_the_price_of_a_report_that_would_say_nothing_new(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight, log: list[str]
):
    sync_nightly()
    simulator.move(1)
    SyncState.objects.update(report_wanted="A test wants it")
    run = sync_nightly()
    assert run.paid_lookups == 0
    assert any("unchanged at the registry since 2026-03-02; no report was bought" in line for line in log)
    assert SyncState.objects.get().report_wanted == ""


def test_a_report_that_was_wanted_is_bought_once_even_when_it_says_nothing_new(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight
):
    sync_nightly()
    simulator.fault("server_error", operation="addinfo", times=None)
    SyncState.objects.update(report_wanted="A test wants it")
    assert sync_nightly().paid_lookups == 1
    assert sync_nightly().paid_lookups == 0


def test_without_addinfo_the_report_is_bought(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight
):
    sync_nightly()
    simulator.move(1)
    SyncState.objects.update(report_wanted="A test wants it")
    simulator.fault("server_error", operation="addinfo", times=None)
    run = sync_nightly()
    assert run.paid_lookups == 1


@pytest.mark.parametrize(
    ("info", "bought"),
    [
        (None, True),
        (AddInfo("1"), True),
        (AddInfo("1", date(2026, 2, 1), date(2026, 2, 1)), False),
        (AddInfo("1", date(2026, 2, 1), date(2026, 3, 2)), True),
        (AddInfo("1", date(2026, 2, 1), date(2026, 2, 1), date(2026, 3, 5)), True),
    ],
)
def test_addinfo_counts_only_when_it_says_enough(info: AddInfo | None, bought: bool):
    assert changed_since(info, date(2026, 3, 2)) is bought


# Days


def test_a_report_read_after_midnight_is_of_the_day_it_is_at_the_registry():
    half_past_midnight_in_new_york = datetime(2026, 3, 3, 5, 30, tzinfo=UTC)
    assert registry_day(half_past_midnight_in_new_york) == date(2026, 3, 2)


def test_weekends_have_no_report():
    friday, tuesday = date(2026, 3, 6), date(2026, 3, 10)
    assert days_to_read(friday, tuesday) == [date(2026, 3, 9), tuesday]


def test_the_catch_up_ends_where_the_registry_forgets():
    assert days_to_read(date(2026, 1, 1), date(2026, 3, 16))[0] == date(2026, 3, 2)


def test_missed_nights_are_caught_up(simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight):
    sync_nightly()
    simulator.happen(MAREN, "lapse", "OR")
    simulator.move(3)
    simulator.happen(MAREN, "lapse", "FL")
    simulator.move(5)
    run = sync_nightly()
    assert run.paid_lookups == 0
    assert known(maren, without=NOT_IN_ALERTS) == told(simulator.report(MAREN), without=NOT_IN_ALERTS)
    assert run.days_read[0] == "2026-03-02"


def test_after_too_many_missed_nights_the_full_report_is_read(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight
):
    sync_nightly()
    simulator.move(1)
    simulator.happen(MAREN, "lapse", "OR")
    simulator.move(20)
    run = sync_nightly()
    assert run.paid_lookups == 1
    assert known(maren) == told(simulator.report(MAREN))


def test_the_same_day_twice_changes_nothing(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight
):
    sync_nightly()
    simulator.happen(MAREN, "lapse", "OR")
    simulator.move(1)
    assert sync_nightly().changes > 0
    AlertSubscription.objects.update(last_report_day=START - timedelta(days=1))
    assert sync_nightly().changes == 0


def test_an_older_alert_does_not_undo_a_younger_report(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight, sync: Callable[..., SyncRun]
):
    sync_nightly()
    simulator.happen(MAREN, "lapse", "OR")
    simulator.move(2)
    simulator.happen(MAREN, "reinstate", "OR")
    with at_noon_of(simulator.today):
        sync(maren)
    simulator.move(1)
    before = Change.objects.count()
    sync_nightly()
    assert known(maren) == told(simulator.report(MAREN))
    assert Change.objects.count() == before


def test_a_report_that_is_not_complete_is_read_the_next_night(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight
):
    sync_nightly()
    simulator.happen(MAREN, "lapse", "OR")
    simulator.move(1)
    simulator.fault("report_not_ready", operation="receiveSpecificReportForSubscription", times=None)
    run = sync_nightly()
    assert run.status == SyncRunStatus.INCOMPLETE
    assert "2026-03-02 are not ready" in run.message
    simulator.registry.faults.clear()
    assert sync_nightly().changes > 0


def test_a_day_whose_alerts_never_come_does_not_hold_up_the_days_after_it(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight
):
    sync_nightly()
    simulator.happen(MAREN, "lapse", "OR")
    simulator.move(4)
    simulator.fault("report_not_ready", operation="receiveSpecificReportForSubscription", times=1)
    run = sync_nightly()
    assert "2026-03-02 never came" in run.message
    assert (run.paid_lookups, run.days_read[-1]) == (1, "2026-03-05")
    assert known(maren) == told(simulator.report(MAREN))


def test_alerts_about_strangers_are_left_out_and_said(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: RunNight, log: list[str]
):
    on_file(MAREN, PUDDLEJUMP)
    sync_nightly()
    simulator.happen(PUDDLEJUMP, "lapse", "SC")
    simulator.move(1)
    Producer.objects.filter(npn=PUDDLEJUMP).update(tracking=Tracking.INACTIVE)
    with RegistryClient(RegistryConfig.from_settings(), MemoryLedger()) as client:
        report = client.alerts_report(START, "AGENTSYNC-0001")
    run = open_run(SyncRunKind.NIGHTLY, asked_by="A test", reason="Nightly sync")
    with client_for(run) as client:
        Night(run, client, PlainReporter(log.append), simulator.today)._apply(report, START)
    assert f"Alerts of 2026-03-02 about NPNs that are not tracked here were left out: {PUDDLEJUMP}." in log
    assert not Change.objects.exists()


# Registries that are down, runs that stop


def test_a_night_without_the_registry_ends_clearly_and_loses_nothing(
    simulator: RunningSimulator, maren: Producer, sync_nightly: RunNight
):
    sync_nightly()
    simulator.happen(MAREN, "lapse", "OR")
    simulator.move(1)
    simulator.fault("server_error", times=None)
    run = sync_nightly()
    assert run.status == SyncRunStatus.INCOMPLETE
    assert "The next nightly sync catches up." in run.message
    simulator.registry.faults.clear()
    simulator.move(1)
    assert sync_nightly().changes > 0
    assert known(maren) == told(simulator.report(MAREN))


def test_a_wrong_password_stops_the_run_at_once(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: RunNight, settings: Settings
):
    on_file(*simulator.npns)
    settings.NIPR_PASSWORD = "wrong"
    run = sync_nightly()
    assert run.status == SyncRunStatus.FAILED
    assert "NIPR_PASSWORD" in run.message


def test_a_registry_that_dies_in_the_middle_leaves_the_rest_for_the_next_night(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: RunNight
):
    producers = on_file(*simulator.npns)
    simulator.fault("server_error", operation="entityinfo", times=None)
    run = sync_nightly()
    assert run.status == SyncRunStatus.INCOMPLETE
    assert Producer.objects.filter(sync_status=SyncStatus.RETRY_ERROR).count() == len(producers)
    assert run.items.filter(done_at=None).count() == 0
    simulator.registry.faults.clear()
    assert sync_nightly().failed == 0


def test_a_run_that_was_left_unfinished_is_finished_by_the_next(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: RunNight
):
    [maren] = on_file(MAREN, tracking=Tracking.INACTIVE)
    dead = open_run(SyncRunKind.SELECTION, asked_by="Somebody", reason="Because")
    add_items(dead, [maren.pk])
    run = sync_nightly()
    dead.refresh_from_db()
    assert (dead.status, run.paid_lookups) == (SyncRunStatus.FAILED, 1)
    assert f"Gone on with in run {run.pk}." in dead.message
    maren.refresh_from_db()
    assert maren.sync_status == SyncStatus.SUCCESS


def test_alerts_that_would_wipe_out_much_stop_the_night(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: RunNight, settings: Settings
):
    settings.SYNC_REMOVAL_LIMIT_AT_LEAST = 1
    maren, _ = on_file(MAREN, PUDDLEJUMP)
    sync_nightly()
    simulator.happen(MAREN, "remove_licenses", "OR")
    simulator.move(1)
    run = sync_nightly()
    maren.refresh_from_db()
    assert (run.status, maren.sync_status) == (SyncRunStatus.STOPPED, SyncStatus.PROCESSING_ERROR)
    assert "accept the removals" in run.message
    assert maren.licenses.filter(state="OR", known_to=None, removed_at=None).exists()
