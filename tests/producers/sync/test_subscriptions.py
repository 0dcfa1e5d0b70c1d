"""Who is followed at the registry."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given as over
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from nipr.client import RegistryClient, RegistryConfig
from nipr.ledger import MemoryLedger
from nipr.simulator import desk
from nipr.simulator.testing import RunningSimulator
from producers.enums import Tracking
from producers.models import AlertTarget, Producer, SyncRun, SyncState
from producers.sync.subscriptions import plan
from tests.producers.sync.conftest import MAREN, PUDDLEJUMP

Night = Callable[[], SyncRun]
OnFile = Callable[..., list[Producer]]


def test_free_places_are_filled_before_a_new_subscription_is_made():
    todo = plan({"1", "2", "3", "4"}, {"S-0001": {"1"}}, prefix="S", size=3)
    assert (todo.new, todo.add) == (["S-0002"], {"S-0001": ["2", "3"], "S-0002": ["4"]})


def test_who_is_not_wanted_any_more_is_removed():
    todo = plan({"1"}, {"S-0001": {"1", "2"}}, prefix="S", size=3)
    assert (todo.new, todo.add, todo.remove) == ([], {}, {"S-0001": ["2"]})


def test_who_is_followed_twice_is_followed_once():
    todo = plan({"1"}, {"S-0001": {"1"}, "S-0002": {"1"}}, prefix="S", size=3)
    assert todo.remove == {"S-0002": ["1"]}


def test_a_new_name_is_never_one_that_is_there():
    todo = plan({"1", "2"}, {"S-0002": {"1"}}, prefix="S", size=1)
    assert todo.new == ["S-0003"]


npns = st.sets(st.integers(1, 40).map(str))


@over(wanted=npns, held=st.dictionaries(st.sampled_from(["S-0001", "S-0002", "S-0003"]), npns))
def test_a_carried_out_plan_leaves_everybody_followed_once_and_nothing_to_do(
    wanted: set[str], held: dict[str, set[str]]
):
    size = 40
    todo = plan(wanted, held, prefix="S", size=size)
    after = {name: set(here) - set(todo.remove.get(name, ())) for name, here in held.items()}
    after |= {name: after.get(name, set()) | set(added) for name, added in todo.add.items()}
    assert sorted(npn for here in after.values() for npn in here) == sorted(wanted)
    again = plan(wanted, after, prefix="S", size=size)
    assert (again.add, again.remove) == ({}, {})


@pytest.mark.django_db
def test_tracking_decides_who_is_followed(simulator: RunningSimulator, on_file: OnFile, sync_nightly: Night):
    maren, firm = on_file(MAREN, PUDDLEJUMP)
    on_file("88000001", tracking=Tracking.INACTIVE)
    on_file("88000002", entity_type="firm", dummy_npn=True)
    sync_nightly()
    assert set(AlertTarget.objects.values_list("producer", flat=True)) == {maren.pk, firm.pk}
    Producer.objects.filter(pk=firm.pk).update(tracking=Tracking.INACTIVE)
    sync_nightly()
    assert [target.producer for target in AlertTarget.objects.all()] == [maren]


@pytest.mark.django_db
def test_whom_the_registry_refuses_is_told_on_the_producer(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: Night
):
    [unknown, _] = on_file("12345", MAREN)
    sync_nightly()
    unknown.refresh_from_db()
    assert "not found" in unknown.alert_problem
    assert not AlertTarget.objects.filter(producer=unknown).exists()


@pytest.mark.django_db
def test_whom_alerts_do_not_follow_is_read_in_full_when_something_has_changed(
    simulator: RunningSimulator, maren: Producer, sync_nightly: Night, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(desk, "MOST_TARGETS", 0)
    sync_nightly()
    simulator.happen(MAREN, "lapse", "OR")
    simulator.move(1)
    assert sync_nightly().paid_lookups == 1
    assert not maren.licenses.get(state="OR", known_to=None).active
    simulator.move(1)
    assert sync_nightly().paid_lookups == 0


@pytest.mark.django_db
def test_a_problem_that_is_gone_is_no_longer_told(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: Night
):
    [maren] = on_file(MAREN, alert_problem="Producer was not found")
    sync_nightly()
    maren.refresh_from_db()
    assert maren.alert_problem == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ours", "given"),
    [
        ("Compliance <compliance@agency.example>", "compliance@agency.example"),
        ("agentsync@localhost", "nobody@agentsync.invalid"),
    ],
)
def test_a_subscription_has_an_address_the_registry_takes(
    simulator: RunningSimulator,
    on_file: OnFile,
    sync_nightly: Night,
    settings: Settings,
    ours: str,
    given: str,
):
    settings.DEFAULT_FROM_EMAIL = ours
    on_file(MAREN)
    sync_nightly()
    with RegistryClient(RegistryConfig.from_settings(), MemoryLedger()) as client:
        assert [each.email for each in client.subscriptions()] == [given]


@pytest.mark.django_db
def test_a_list_that_vanished_at_the_registry_is_made_again(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: Night
):
    on_file(MAREN)
    sync_nightly()
    with RegistryClient(RegistryConfig.from_settings(), MemoryLedger()) as client:
        client.remove_subscription("AGENTSYNC-0001")
        sync_nightly()
        assert [each.name for each in client.subscriptions()] == ["AGENTSYNC-0001"]
        assert [target.npn for target in client.targets("AGENTSYNC-0001")] == [MAREN]


@pytest.mark.django_db
def test_who_is_tracked_again_is_looked_at_in_full(
    simulator: RunningSimulator, on_file: OnFile, sync_nightly: Night
):
    on_file(MAREN)
    sync_nightly()
    Producer.objects.update(tracking=Tracking.INACTIVE)
    sync_nightly()
    simulator.move(20)
    simulator.happen(MAREN, "lapse", "OR")
    simulator.move(1)
    Producer.objects.update(tracking=Tracking.ACTIVE)
    run = sync_nightly()
    assert (run.paid_lookups, run.changed) == (1, 1)
    assert not SyncState.objects.exclude(report_wanted="").exists()
