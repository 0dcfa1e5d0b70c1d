"""What is approved becomes a fact: reports and alerts show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from nipr.client import RegistryClient
from nipr.simulator.testing import RunningSimulator
from nipr.wire.gateway import Appointer, GatewayKind, GatewayTransaction
from nipr.wire.messages import Appointment, EntityReport, Subscription
from tests.nipr.gateway.conftest import Post
from tests.nipr.gateway.samples import APPLICATION, APPOINTMENT, make, sent

NPN = "99000017"
NEW = replace(
    APPOINTMENT, appointer=Appointer("Bluebarrow Mutual Life Insurance Co", "77001"), effective_date=None
)


def rows_of(report: EntityReport, cocode: str) -> list[Appointment]:
    return [row for row in report.appointments if row.cocode == cocode]


def test_an_approved_appointment_is_in_the_next_report(
    simulator: RunningSimulator, client: RegistryClient, post: Post
) -> None:
    post(sent(NEW))
    (row,) = rows_of(client.entity_report(NPN), "77001")
    assert (row.state, row.loa_code, row.loa, row.status) == ("OR", "16", "Life", "Appointed")
    assert row.status_date == simulator.today
    assert row.company_name == "Bluebarrow Mutual Life Insurance Co"
    assert row.fein == "00-0077001"


def test_the_state_dates_it_as_it_was_asked_for(client: RegistryClient, post: Post) -> None:
    post(sent(replace(NEW, effective_date=date(2026, 2, 20))))
    (row,) = rows_of(client.entity_report(NPN), "77001")
    assert row.status_date == date(2026, 2, 20)


@pytest.mark.parametrize("decline", [True, False])
def test_nothing_shows_before_it_is_approved_or_when_it_is_declined(
    simulator: RunningSimulator, client: RegistryClient, post: Post, decline: bool
) -> None:
    simulator.gateway.configure(**{"decline": [{"state": "OR"}]} if decline else {"review": "manual"})
    post(sent(NEW))
    assert rows_of(client.entity_report(NPN), "77001") == []


def test_a_company_and_several_lines_give_a_row_for_each_line(client: RegistryClient, post: Post) -> None:
    post(sent(replace(NEW, loa_codes=("16", "39"))))
    assert [row.loa_code for row in rows_of(client.entity_report(NPN), "77001")] == ["16", "39"]


def test_a_company_that_nobody_knows_can_appoint_too(client: RegistryClient, post: Post) -> None:
    post(sent(replace(NEW, appointer=Appointer("Newcomer Life", "12345", tax_number="00-1234567"))))
    (row,) = rows_of(client.entity_report(NPN), "12345")
    assert (row.company_name, row.fein) == ("Newcomer Life", "00-1234567")


def _ending(number: int, **changes: object) -> GatewayTransaction:
    return make(number, kind=GatewayKind.TERMINATION, effective_date=None, **changes)


def test_an_approved_termination_ends_the_row_with_its_reason(
    simulator: RunningSimulator, client: RegistryClient, post: Post
) -> None:
    post(sent(replace(NEW, loa_codes=("16", "39"))))
    post(sent(_ending(2, appointer=NEW.appointer, loa_codes=("16",), reason="INADEQUATE_PRODUCTION")))
    life, health = rows_of(client.entity_report(NPN), "77001")
    assert (life.status, life.termination_reason) == ("Terminated", "Inadequate production")
    assert life.status_date == simulator.today
    assert health.status == "Appointed"


def test_a_termination_without_lines_ends_all_of_the_companys(client: RegistryClient, post: Post) -> None:
    post(sent(replace(NEW, loa_codes=("16", "39"))))
    post(sent(_ending(2, appointer=NEW.appointer, loa_codes=())))
    rows = rows_of(client.entity_report(NPN), "77001")
    assert [(row.status, row.termination_reason) for row in rows] == [("Terminated", "Not supplied")] * 2


def test_appointed_again_there_is_one_row_and_it_is_current(client: RegistryClient, post: Post) -> None:
    post(sent(NEW))
    post(sent(_ending(2, appointer=NEW.appointer)))
    post(sent(replace(NEW, key=replace(NEW.key, trans="T3"))))
    (row,) = rows_of(client.entity_report(NPN), "77001")
    assert row.status == "Appointed"


def test_the_alerts_of_the_day_tell_of_it(
    simulator: RunningSimulator, client: RegistryClient, post: Post
) -> None:
    client.add_subscription(Subscription("all", "ops@example.com"))
    client.add_targets("all", [NPN])
    post(sent(NEW))
    day = simulator.today
    simulator.move(1)
    (entity,) = client.alerts_report(day).entities
    (state,) = entity.states
    assert "77001" in {row.cocode for row in state.appointments or ()}


def test_what_the_calendar_decides_has_happened_on_its_day(
    simulator: RunningSimulator, client: RegistryClient, post: Post
) -> None:
    simulator.gateway.configure(review=2)
    post(sent(NEW))
    asked_on = simulator.today
    simulator.move(5)
    (row,) = rows_of(client.entity_report(NPN), "77001")
    assert row.status_date == asked_on + timedelta(days=2)
    assert rows_of(simulator.report(NPN, asked_on + timedelta(days=1)), "77001") == []


def test_an_approved_application_is_a_license_with_its_lines(client: RegistryClient, post: Post) -> None:
    post(sent(replace(APPLICATION, state="WY", loa_codes=("16", "39"))))
    (lic,) = (lic for lic in client.entity_report(NPN).licenses if lic.state == "WY")
    assert (lic.active, lic.residency, lic.class_code) == (True, "NR", "3")
    assert [line.code for line in lic.lines] == ["16", "39"]


def test_an_application_for_a_held_license_adds_the_line(client: RegistryClient, post: Post) -> None:
    before = {lic.number for lic in client.entity_report(NPN).licenses}
    post(sent(replace(APPLICATION, state="OR", loa_codes=("39",))))
    after = client.entity_report(NPN).licenses
    (lic,) = (lic for lic in after if lic.state == "OR" and lic.active)
    assert {lic.number for lic in after} == before
    assert ("39", "Active") in [(line.code, line.status) for line in lic.lines]


def test_an_approved_renewal_moves_the_expiration_on(client: RegistryClient, post: Post) -> None:
    old = next(lic for lic in client.entity_report(NPN).licenses if lic.state == "OR")
    renewal = replace(APPLICATION, kind=GatewayKind.LICENSE_RENEWAL, state="OR")
    post(sent(replace(renewal, applicant=replace(renewal.applicant, license_number=old.number))))
    new = next(lic for lic in client.entity_report(NPN).licenses if lic.state == "OR")
    assert old.expiration_date
    assert new.expiration_date
    assert new.expiration_date > old.expiration_date
