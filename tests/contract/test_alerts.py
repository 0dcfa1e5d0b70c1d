"""Subscriptions, targets and daily reports, from the simulator through the real client."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from nipr.client import RegistryClient
from nipr.errors import NoAlertsToday, RegistryError, ReportNotReady, UnknownSubscription
from nipr.simulator.testing import RunningSimulator, running_simulator
from nipr.wire.messages import AlertType, License, StateAlert, Subscription
from tests.contract.conftest import ClientFactory

MAREN = "99000017"
MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)
NEXT_MONDAY = date(2026, 3, 9)
S1 = Subscription("S-0001", "licensing@example.com")


def follow(client: RegistryClient, *npns: str, subscription: Subscription = S1) -> None:
    client.add_subscription(subscription)
    client.add_targets(subscription.name, npns)


def told(client: RegistryClient, day: date, npn: str = MAREN) -> dict[str, StateAlert]:
    """What a day's report tells about one entity, by state."""
    report = client.alerts_report(day, S1.name)
    return {alert.state: alert for entity in report.entities if entity.npn == npn for alert in entity.states}


def test_a_subscription_is_made_changed_listed_and_removed(client: RegistryClient) -> None:
    assert client.subscriptions() == ()
    client.add_subscription(S1)
    only_licences = Subscription("S-0001", "other@example.com", (AlertType.LICENSING,), ("OR", "FL"))
    client.edit_subscription(only_licences)
    assert client.subscriptions() == (only_licences,)
    client.remove_subscription("S-0001")
    assert client.subscriptions() == ()


def test_a_name_is_given_once(client: RegistryClient) -> None:
    client.add_subscription(S1)
    with pytest.raises(RegistryError, match="already exists"):
        client.add_subscription(S1)


def test_targets_are_taken_and_refused_one_by_one(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    client.add_subscription(S1)

    results = client.add_targets("S-0001", [MAREN, "123", "88000002"])

    assert [(target.npn, target.added_date) for target in results.valid] == [
        (MAREN, simulator.today),
        ("88000002", simulator.today),
    ]
    assert [(target.input, target.reason) for target in results.invalid] == [
        ("123", "Producer was not found")
    ]


def test_a_target_keeps_the_day_it_was_added(client: RegistryClient, simulator: RunningSimulator) -> None:
    follow(client, MAREN)
    simulator.move(days=5)

    client.add_targets("S-0001", [MAREN])

    assert [target.added_date for target in client.targets("S-0001")] == [MONDAY]


def test_targets_that_are_not_there_cannot_be_removed(client: RegistryClient) -> None:
    follow(client, MAREN)

    results = client.remove_targets("S-0001", [MAREN, "88000002"])

    assert [target.npn for target in results.valid] == [MAREN]
    assert [target.input for target in results.invalid] == ["88000002"]
    assert client.targets("S-0001") == ()


def test_all_targets_go_at_once(client: RegistryClient) -> None:
    follow(client, MAREN, "88000002")
    client.remove_all_targets("S-0001")
    assert client.targets("S-0001") == ()


def test_a_subscription_follows_no_more_than_five_hundred(client_at: ClientFactory) -> None:
    with running_simulator(producers=510) as simulator:
        client = client_at(simulator.base_url)
        client.add_subscription(S1)
        results = client.add_targets("S-0001", simulator.npns)
    assert (len(results.valid), len(results.invalid)) == (500, 12)


def test_an_unknown_subscription_is_said_so(client: RegistryClient) -> None:
    with pytest.raises(UnknownSubscription):
        client.targets("S-9999")


def test_a_day_is_reported_when_it_has_passed(client: RegistryClient, simulator: RunningSimulator) -> None:
    follow(client, MAREN)
    simulator.happen(MAREN, "renew", state="OR", expiration_date="2029-02-28")
    with pytest.raises(ReportNotReady):
        client.alerts_report(MONDAY, "S-0001")
    simulator.move(days=1)

    alerts = told(client, MONDAY)

    assert list(alerts) == ["OR"]
    assert [lic.expiration_date for lic in alerts["OR"].licenses or ()] == [date(2029, 2, 28)]
    assert (alerts["OR"].appointments, alerts["OR"].demographics) == (None, None)


def test_a_changed_category_comes_whole(client: RegistryClient, simulator: RunningSimulator) -> None:
    """Replace semantics: the terminated appointment stands beside the new one."""
    follow(client, MAREN)
    simulator.happen(MAREN, "terminate", state="OR", reason="Not for Cause")
    simulator.happen(MAREN, "appoint", state="OR", cocode="77001")
    simulator.move(days=1)

    rows = told(client, MONDAY)["OR"].appointments or ()

    truth = [row for row in simulator.report(MAREN).appointments if row.state == "OR"]
    assert [(row.cocode, row.loa_code, row.status) for row in rows] == [
        (row.cocode, row.loa_code, row.status) for row in truth
    ]
    assert {row.status for row in rows} == {"Appointed", "Terminated"}


@pytest.mark.parametrize(
    ("event", "category"), [("remove_licenses", "licenses"), ("remove_appointments", "appointments")]
)
def test_nothing_left_in_a_state_is_an_empty_set(
    client: RegistryClient, simulator: RunningSimulator, event: str, category: str
) -> None:
    follow(client, MAREN)
    simulator.happen(MAREN, event, state="OR")
    simulator.move(days=1)

    assert getattr(told(client, MONDAY)["OR"], category) == ()


def test_addresses_names_and_actions_are_told(client: RegistryClient, simulator: RunningSimulator) -> None:
    follow(client, MAREN)
    simulator.happen(MAREN, "change_address", state="OR")
    simulator.happen(MAREN, "change_name", last_name="OAKES")
    simulator.happen(MAREN, "add_action", state="FL")
    simulator.move(days=1)

    alerts = told(client, MONDAY)

    demographics = alerts["OR"].demographics
    assert demographics is not None
    assert demographics.last_name == "OAKES"
    assert [row.line_1 for row in demographics.addresses] == [
        row.line_1 for row in simulator.report(MAREN).addresses if row.state == "OR"
    ]
    assert len(alerts["FL"].regulatory_actions or ()) == 1


def test_what_happens_on_a_weekend_is_mondays_news(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    follow(client, MAREN)
    simulator.move_to(date(2026, 3, 7))
    simulator.happen(MAREN, "renew", state="OR")
    simulator.move_to(date(2026, 3, 10))

    with pytest.raises(NoAlertsToday):
        client.alerts_report(FRIDAY, "S-0001")
    with pytest.raises(NoAlertsToday):
        client.alerts_report(date(2026, 3, 7), "S-0001")
    assert list(told(client, NEXT_MONDAY)) == ["OR"]


def test_what_happened_before_a_target_was_added_is_not_told(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    simulator.happen(MAREN, "renew", state="OR")
    simulator.move(days=1)
    follow(client, MAREN)
    simulator.move(days=1)

    with pytest.raises(NoAlertsToday):
        client.alerts_report(MONDAY, "S-0001")


def test_a_quiet_day_has_no_alerts(client: RegistryClient, simulator: RunningSimulator) -> None:
    follow(client, MAREN)
    simulator.move(days=1)
    with pytest.raises(NoAlertsToday):
        client.alerts_report(MONDAY, "S-0001")


def test_the_current_report_is_that_of_the_last_working_day(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    follow(client, MAREN)
    simulator.move_to(FRIDAY)
    simulator.happen(MAREN, "renew", state="OR")
    simulator.move_to(NEXT_MONDAY)

    assert [entity.npn for entity in client.current_report("S-0001").entities] == [MAREN]


def test_catching_up_tells_all_days_since_the_last_report_once(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    follow(client, MAREN)
    for state in ("OR", "FL"):
        simulator.happen(MAREN, "end_line", state=state)
        simulator.move(days=1)

    (entity,) = client.catch_up("S-0001").entities
    assert [alert.state for alert in entity.states] == ["FL", "OR"]
    with pytest.raises(NoAlertsToday):
        client.catch_up("S-0001")


@pytest.mark.parametrize(("days", "told_of"), [(14, [MAREN]), (15, [])])
def test_catching_up_goes_back_fourteen_days(
    client: RegistryClient, simulator: RunningSimulator, days: int, told_of: list[str]
) -> None:
    follow(client, MAREN)
    simulator.happen(MAREN, "renew", state="OR")
    simulator.move(days=days)

    try:
        entities = client.catch_up("S-0001").entities
    except NoAlertsToday:
        entities = ()

    assert [entity.npn for entity in entities] == told_of


def test_a_subscription_tells_only_what_it_follows(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    follow(
        client, MAREN, subscription=Subscription("S-0001", "a@example.com", (AlertType.LICENSING,), ("FL",))
    )
    simulator.happen(MAREN, "renew", state="OR")
    simulator.happen(MAREN, "end_line", state="FL")
    simulator.happen(MAREN, "add_action", state="FL")
    simulator.move(days=1)

    alerts = told(client, MONDAY)

    assert list(alerts) == ["FL"]
    assert alerts["FL"].regulatory_actions is None


def test_a_report_can_follow_the_resident_state_alone(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    follow(client, MAREN, subscription=Subscription("S-0001", "a@example.com", resident_state_only=True))
    simulator.happen(MAREN, "end_line", state="OR")
    simulator.happen(MAREN, "end_line", state="FL")
    simulator.move(days=1)

    assert list(told(client, MONDAY)) == ["OR"]


def test_a_report_without_a_name_is_about_all_subscriptions(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    follow(client, MAREN)
    follow(client, "88000002", subscription=Subscription("S-0002", "a@example.com"))
    simulator.happen(MAREN, "renew", state="OR")
    simulator.happen("88000002", "add_action")
    simulator.move(days=1)

    assert {entity.npn for entity in client.alerts_report(MONDAY).entities} == {MAREN, "88000002"}


def licences(rows: Iterable[License]) -> set[tuple[object, ...]]:
    return {(lic.number, lic.active, lic.expiration_date) for lic in rows}


def test_days_of_alerts_add_up_to_the_entity_report(
    client: RegistryClient, simulator: RunningSimulator
) -> None:
    """Replacing state by state what each day tells gives, after two months, the licences of the entity report."""
    follow(client, *simulator.npns)
    held = {npn: {lic.state: set() for lic in simulator.report(npn).licenses} for npn in simulator.npns}
    for npn in simulator.npns:
        for lic in simulator.report(npn).licenses:
            held[npn][lic.state] |= licences([lic])

    told_days = 0
    for day in (MONDAY + timedelta(days=number) for number in range(60)):
        simulator.move_to(day + timedelta(days=1))
        try:
            report = client.alerts_report(day, "S-0001")
        except NoAlertsToday:
            continue
        told_days += 1
        for entity in report.entities:
            for alert in entity.states:
                if alert.licenses is not None:
                    held[entity.npn][alert.state] = licences(alert.licenses)

    assert told_days > 5
    for npn in simulator.npns:
        assert set().union(*held[npn].values()) == licences(simulator.report(npn, on=day).licenses)
