"""Each fault the simulator can do, and what the client makes of it."""

from __future__ import annotations

import time
from datetime import date

import pytest

from nipr.client import RegistryClient
from nipr.errors import (
    ErrorKind,
    NoAlertsToday,
    RegistryError,
    RegistryTimeout,
    RegistryUnavailable,
    ReportNotReady,
    UnknownNpn,
    UnknownSubscription,
    UnreadableReply,
    WrongAddress,
    WrongCredentials,
    WrongEntity,
)
from nipr.ledger import MemoryLedger, Outcome
from nipr.simulator.faults import FaultKind
from nipr.simulator.testing import RunningSimulator
from nipr.wire.messages import Subscription
from tests.contract.conftest import ClientFactory

MAREN = "99000017"
MONDAY = date(2026, 3, 2)

ON_A_REPORT: dict[str, type[RegistryError]] = {
    FaultKind.SERVER_ERROR: RegistryUnavailable,
    FaultKind.DROP_BEFORE: RegistryUnavailable,
    FaultKind.DROP_AFTER: RegistryUnavailable,
    FaultKind.DROP_MIDWAY: RegistryUnavailable,
    FaultKind.MALFORMED_XML: UnreadableReply,
    FaultKind.TRUNCATED_XML: UnreadableReply,
    FaultKind.HTML_LOGIN: UnreadableReply,
    FaultKind.WRONG_PASSWORD: WrongCredentials,
    FaultKind.UNKNOWN_NPN: UnknownNpn,
    FaultKind.WRONG_NPN: WrongEntity,
}
ON_ALERTS: dict[str, type[RegistryError]] = {
    FaultKind.SERVER_ERROR: RegistryUnavailable,
    FaultKind.DROP_BEFORE: RegistryUnavailable,
    FaultKind.DROP_AFTER: RegistryUnavailable,
    FaultKind.DROP_MIDWAY: RegistryUnavailable,
    FaultKind.MALFORMED_XML: UnreadableReply,
    FaultKind.TRUNCATED_XML: UnreadableReply,
    FaultKind.HTML_LOGIN: WrongAddress,
    FaultKind.WRONG_PASSWORD: WrongCredentials,
    FaultKind.REPORT_NOT_READY: ReportNotReady,
    FaultKind.NO_ALERTS: NoAlertsToday,
    FaultKind.UNKNOWN_SUBSCRIPTION: UnknownSubscription,
}
CHARGED = {
    FaultKind.DROP_AFTER,
    FaultKind.DROP_MIDWAY,
    FaultKind.MALFORMED_XML,
    FaultKind.TRUNCATED_XML,
    FaultKind.WRONG_NPN,
}


def news(client: RegistryClient, simulator: RunningSimulator) -> None:
    """A subscription that has something to tell about Monday."""
    client.add_subscription(Subscription("S-0001", "licensing@example.com"))
    client.add_targets("S-0001", [MAREN])
    simulator.happen(MAREN, "renew", state="OR")
    simulator.move(days=1)


@pytest.mark.parametrize(("fault", "error"), ON_A_REPORT.items())
def test_a_fault_on_a_report_has_its_error(
    client: RegistryClient, simulator: RunningSimulator, fault: str, error: type[RegistryError]
) -> None:
    simulator.fault(fault, npn=MAREN)

    with pytest.raises(error):
        client.entity_report(MAREN)

    assert client.entity_report(MAREN) == simulator.report(MAREN)


@pytest.mark.parametrize(("fault", "error"), ON_ALERTS.items())
def test_a_fault_on_alerts_has_its_error(
    client: RegistryClient, simulator: RunningSimulator, fault: str, error: type[RegistryError]
) -> None:
    news(client, simulator)
    simulator.fault(fault, service="alerts")

    with pytest.raises(error):
        client.alerts_report(MONDAY, "S-0001")

    assert [entity.npn for entity in client.alerts_report(MONDAY, "S-0001").entities] == [MAREN]


def test_every_fault_has_a_test() -> None:
    """These do not make an error by themselves; they have tests of their own."""
    harmless = {FaultKind.LATENCY, FaultKind.DRIP, FaultKind.WRONG_CONTENT_TYPE, FaultKind.INLINE_REPORT}
    of_the_gateway = {FaultKind.ERROR_AFTER, FaultKind.WRONG_REFERENCE, FaultKind.HALF_TAKEN}
    assert set(FaultKind) == {*ON_A_REPORT, *ON_ALERTS, *harmless, *of_the_gateway}


@pytest.mark.parametrize("fault", ON_A_REPORT)
def test_both_sides_agree_on_the_cost_of_a_fault(
    client: RegistryClient, simulator: RunningSimulator, ledger: MemoryLedger, fault: FaultKind
) -> None:
    """A client that cannot know puts the look-up down as bought: the ledger is never below the bill."""
    simulator.fault(fault)

    with pytest.raises(RegistryError):
        client.entity_report(MAREN)

    charged = simulator.book.as_dict()["cents"]
    assert charged == (129 if fault in CHARGED else 0)
    assert ledger.notes[-1].price_cents >= charged


def test_a_report_lost_after_it_was_sold_is_of_unknown_outcome(
    client: RegistryClient, simulator: RunningSimulator, ledger: MemoryLedger
) -> None:
    simulator.fault("drop_after")

    with pytest.raises(RegistryUnavailable) as caught:
        client.entity_report(MAREN)

    assert caught.value.outcome_unknown
    assert ledger.notes[-1].outcome == Outcome.UNKNOWN


@pytest.mark.parametrize("fault", ["server_error", "drop_before", "drop_after", "drop_midway"])
def test_a_read_is_tried_again_until_it_succeeds(
    simulator: RunningSimulator, client_at: ClientFactory, fault: str
) -> None:
    simulator.fault(fault, times=2)

    report = client_at(simulator.base_url, attempts=4).entity_report(MAREN)

    assert report == simulator.report(MAREN)
    assert simulator.book.calls["entityinfo"] == 3


def test_a_write_that_may_have_been_done_is_not_sent_twice(
    simulator: RunningSimulator, client_at: ClientFactory
) -> None:
    simulator.fault("drop_after", operation="addSubscription")
    client = client_at(simulator.base_url, attempts=4)

    with pytest.raises(RegistryUnavailable) as caught:
        client.add_subscription(Subscription("S-0001", "licensing@example.com"))

    assert caught.value.outcome_unknown
    assert simulator.book.calls["addSubscription"] == 1
    assert [subscription.name for subscription in client.subscriptions()] == ["S-0001"]


def test_a_subscription_not_yet_visible_is_waited_for(
    simulator: RunningSimulator, client: RegistryClient
) -> None:
    client.add_subscription(Subscription("S-0001", "licensing@example.com"))
    simulator.fault("unknown_subscription", operation="addTargets", times=2)

    results = client.add_targets("S-0001", [MAREN])

    assert [target.npn for target in results.valid] == [MAREN]
    assert simulator.book.calls["addTargets"] == 3


@pytest.mark.parametrize("fault", ["latency", "drip"])
def test_a_slow_registry_meets_the_whole_deadline(
    simulator: RunningSimulator, client_at: ClientFactory, fault: str
) -> None:
    """Also when bytes keep coming: the deadline is of the call, not of a read."""
    simulator.fault(fault, seconds=3.0)
    started = time.monotonic()

    with pytest.raises(RegistryTimeout) as caught:
        client_at(simulator.base_url, timeout=0.5).entity_report(MAREN)

    assert time.monotonic() - started < 2.5
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("fault", ["latency", "drip"])
def test_a_slow_answer_in_time_is_an_answer(
    client: RegistryClient, simulator: RunningSimulator, fault: str
) -> None:
    simulator.fault(fault, seconds=0.2)
    assert client.entity_report(MAREN) == simulator.report(MAREN)


def test_a_report_under_a_wrong_content_type_is_read(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    simulator.fault("wrong_content_type")
    assert client.entity_report(MAREN) == simulator.report(MAREN)


def test_alerts_under_a_wrong_content_type_are_read(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    news(client, simulator)
    simulator.fault("wrong_content_type")
    assert [entity.npn for entity in client.alerts_report(MONDAY, "S-0001").entities] == [MAREN]


def test_a_report_inside_the_message_is_read(client: RegistryClient, simulator: RunningSimulator) -> None:
    news(client, simulator)
    simulator.fault("inline_report")
    assert [entity.npn for entity in client.alerts_report(MONDAY, "S-0001").entities] == [MAREN]


@pytest.mark.parametrize("fault", ["server_error", "malformed_xml", "html_login", "drop_after"])
def test_last_change_dates_are_done_without_when_they_fail(
    client: RegistryClient, simulator: RunningSimulator, fault: str
) -> None:
    simulator.fault(fault, service="addinfo")
    assert client.add_info(MAREN) is None


def test_errors_say_what_to_do(client: RegistryClient, simulator: RunningSimulator) -> None:
    kinds = {}
    for fault in ("server_error", "wrong_password", "unknown_npn"):
        simulator.fault(fault)
        with pytest.raises(RegistryError) as caught:
            client.entity_report(MAREN)
        kinds[fault] = caught.value.kind

    assert kinds == {
        "server_error": ErrorKind.RETRY,
        "wrong_password": ErrorKind.FIX_CONFIGURATION,
        "unknown_npn": ErrorKind.FIX_DATA,
    }
