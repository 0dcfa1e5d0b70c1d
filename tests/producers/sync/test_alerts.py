"""Alerts: what they say replaces, what they leave out stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from appointments.models import Appointment
from nipr.wire.messages import (
    Address,
    Biographic,
    ContactInfo,
    Demographics,
    EntityAlert,
    EntityReport,
    EntityType,
    OtherName,
    RegulatoryAction,
    Residency,
    StateAlert,
)
from producers.enums import ChangeEffect, SyncStatus
from producers.facts import license_facts
from producers.models import Change, License, LicenseLine, Producer, SyncState
from producers.models import ContactInfo as StoredContact
from producers.models import OtherName as StoredName
from producers.models import RegulatoryAction as StoredAction
from producers.sync.alerts import sync_alerts
from producers.sync.engine import Sitting, sync_reports
from producers.sync.guard import RemovalGuard
from producers.sync.outcomes import Outcome
from tests.producers.sync.documents import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    alert_on,
    appointment_in,
    license_in,
    line,
    report_on,
    without_licenses,
)

pytestmark = pytest.mark.django_db


def load(producer: Producer, report: EntityReport, at: datetime = MONDAY) -> None:
    sync_reports([(producer.pk, report)], known_at=at, sitting=Sitting(None, RemovalGuard()))


def tell(producer: Producer, *states: StateAlert, at: datetime = TUESDAY) -> Outcome:
    alert = alert_on(producer.npn or "", *states)
    [outcome] = sync_alerts([(producer.pk, alert)], known_at=at, sitting=Sitting(None, RemovalGuard()))
    return outcome


@pytest.fixture
def ida(on_file: Callable[..., list[Producer]]) -> Producer:
    [producer] = on_file("100")
    return producer


def test_an_alert_that_says_what_is_known_changes_nothing(ida: Producer):
    held = license_in("OR", adhs="Yes", lines=(line(ce_compliance="In compliance", ce_credits_needed=12),))
    load(ida, report_on("100", held, appointments=(appointment_in("OR", county_code="036"),)))
    as_told = replace(
        held,
        adhs="",
        updated_date=date(2026, 3, 2),
        lines=(line(ce_compliance="IN COMPLIANCE", ce_credits_needed=None, status_reason="Active"),),
    )
    outcome = tell(ida, StateAlert("OR", licenses=(as_told,), appointments=(appointment_in("OR"),)))
    assert (outcome.changed, Change.objects.count()) == (False, 0)


def test_a_state_that_is_not_spoken_of_stays(ida: Producer):
    load(ida, report_on("100", license_in("OR"), license_in("FL")))
    tell(ida, StateAlert("FL", licenses=(license_in("FL", active=False),)))
    assert dict(License.objects.filter(known_to=None).values_list("state", "active")) == {
        "OR": True,
        "FL": False,
    }


def test_a_category_that_is_not_spoken_of_stays(ida: Producer):
    load(ida, report_on("100", appointments=(appointment_in("OR"),)))
    tell(ida, StateAlert("OR", licenses=(license_in("OR", active=False),)))
    assert Appointment.objects.get(known_to=None).removed_at is None


def test_an_empty_category_says_that_nothing_is_left(ida: Producer):
    load(ida, report_on("100", appointments=(appointment_in("OR"), appointment_in("FL"))))
    tell(ida, StateAlert("OR", appointments=()))
    left = Appointment.objects.filter(known_to=None, removed_at=None)
    assert [row.state for row in left] == ["FL"]
    assert Change.objects.get().effect == ChangeEffect.REMOVED


def test_a_termination_keeps_the_county_and_says_what_changed(ida: Producer):
    load(ida, report_on("100", appointments=(appointment_in("FL", county_code="086"),)))
    ended = appointment_in("FL", status="Terminated", status_date=date(2026, 3, 2))
    tell(ida, StateAlert("FL", appointments=(ended,)))
    row = Appointment.objects.get(known_to=None)
    assert (row.county_code, row.status, row.removed_at) == ("086", "Terminated", None)
    assert Change.objects.get().fields == {
        "status": ["Appointed", "Terminated"],
        "status_date": ["2022-04-15", "2026-03-02"],
    }


def test_rows_of_several_counties_keep_theirs(ida: Producer):
    counties = [
        appointment_in("FL", county_code=code, status_date=date(2020, 1, day))
        for day, code in enumerate(("001", "036", "086"), start=1)
    ]
    load(ida, report_on("100", appointments=tuple(counties)))
    told = [replace(row, county_code="") for row in reversed(counties)]
    told[1] = replace(told[1], status="Terminated", status_date=date(2026, 3, 2))
    tell(ida, StateAlert("FL", appointments=tuple(told)))
    rows = Appointment.objects.filter(known_to=None).values_list("county_code", "status")
    assert dict(rows) == {"001": "Appointed", "036": "Terminated", "086": "Appointed"}


def test_a_report_has_to_say_in_which_county_an_appointment_has_ended(ida: Producer):
    counties = tuple(appointment_in("FL", county_code=code) for code in ("001", "036"))
    load(ida, report_on("100", appointments=counties))
    ended = appointment_in("FL", status="Terminated", status_date=date(2026, 3, 2))
    tell(ida, StateAlert("FL", appointments=(appointment_in("FL"), appointment_in("FL"))))
    assert SyncState.objects.get().report_wanted == ""
    tell(ida, StateAlert("FL", appointments=(appointment_in("FL"), ended)), at=WEDNESDAY)
    assert "did not say in which county" in SyncState.objects.get().report_wanted


def test_a_new_appointment_beside_one_of_the_same_company_is_added(ida: Producer):
    load(ida, report_on("100", appointments=(appointment_in("FL", status="Terminated"),)))
    told = (appointment_in("FL", status_date=date(2026, 3, 2)), appointment_in("FL", status="Terminated"))
    tell(ida, StateAlert("FL", appointments=told))
    rows = Appointment.objects.filter(known_to=None, removed_at=None)
    assert sorted(rows.values_list("position", "status")) == [(0, "Terminated"), (1, "Appointed")]


def test_a_report_that_says_what_the_alerts_said_changes_nothing(ida: Producer):
    load(ida, report_on("100", appointments=(appointment_in("FL"),)))
    both = (
        appointment_in("FL", status="Terminated", status_date=date(2026, 3, 1)),
        appointment_in("FL", status_date=date(2026, 3, 2)),
    )
    tell(ida, StateAlert("FL", appointments=both))
    changes = Change.objects.count()
    load(ida, report_on("100", appointments=both), at=WEDNESDAY)
    assert Change.objects.count() == changes


def test_a_report_that_a_person_has_to_decide_about_is_not_settled_by_an_alert(ida: Producer):
    load(ida, report_on("100", *(license_in(state) for state in ("OR", "FL", "TX"))))
    load(ida, without_licenses(report_on("100")), at=TUESDAY)
    tell(ida, StateAlert("OR", appointments=(appointment_in("OR"),)), at=WEDNESDAY)
    ida.refresh_from_db()
    assert ida.sync_status == SyncStatus.PROCESSING_ERROR
    assert "accept the removals" in ida.sync_message


def test_lines_stay_with_their_license_where_a_firm_has_it_in_several_branches(ida: Producer):
    load(ida, report_on("100", license_in("SC", branch_id="00001"), license_in("SC", branch_id="00002")))
    ended = license_in("SC", active=False, lines=(line(status="Inactive"),))
    tell(ida, StateAlert("SC", licenses=(ended, license_in("SC"))))
    [held] = license_facts([ida.pk]).values()
    assert {(fact.active, fact.lines[0].active) for fact in held} == {(True, True), (False, False)}


def test_an_alert_about_two_licenses_of_one_number_leaves_each_its_lines(ida: Producer):
    dead = license_in("OR", active=False, issue_date=date(2010, 1, 1), lines=(line(status="Inactive"),))
    load(ida, report_on("100", dead, license_in("OR")))
    renewed = license_in("OR", expiration_date=date(2029, 2, 28))
    tell(ida, StateAlert("OR", licenses=(renewed, dead)))
    [held] = license_facts([ida.pk]).values()
    assert {(fact.active, fact.lines[0].active) for fact in held} == {(True, True), (False, False)}
    assert [change.subject for change in Change.objects.all()] == ["OR Insurance Producer A1"]


@pytest.mark.parametrize("code", ["14", ""])
def test_a_line_that_is_spelled_otherwise_is_the_same_line(ida: Producer, code: str):
    def held(name: str):
        return license_in("OR", lines=(line(code, name), line(code, "Life")))

    load(ida, report_on("100", held("Accident & Health")))
    tell(ida, StateAlert("OR", licenses=(held("ACCIDENT AND HEALTH"),)))
    load(ida, report_on("100", held("Accident and Health")), at=WEDNESDAY)
    names = LicenseLine.objects.values_list("loa", flat=True)
    assert (sorted(names), Change.objects.count()) == (["Accident & Health", "Life"], 0)


def test_an_old_reason_does_not_stick_to_a_new_status(ida: Producer):
    ended = appointment_in("FL", status="Terminated", termination_reason="For Cause")
    load(ida, report_on("100", appointments=(ended,)))
    tell(ida, StateAlert("FL", appointments=(appointment_in("FL", status_date=date(2026, 3, 2)),)))
    row = Appointment.objects.get(known_to=None)
    assert (row.status, row.termination_reason) == ("Appointed", "")


def test_ce_details_of_the_report_survive_an_alert(ida: Producer):
    detailed = line(ce_compliance="N/S", ce_renewal_date=date(2027, 1, 1), ce_credits_needed=24)
    load(ida, report_on("100", license_in("OR", lines=(detailed,))))
    told = license_in("OR", lines=(line(status="Inactive", ce_credits_needed=None),))
    tell(ida, StateAlert("OR", licenses=(told,)))
    row = LicenseLine.objects.get(known_to=None)
    assert (row.status, row.ce_compliance, row.ce_renewal_date, row.ce_credits_needed) == (
        "Inactive",
        "N/S",
        date(2027, 1, 1),
        24,
    )


def test_the_telephone_dates_of_the_report_survive_an_alert(ida: Producer):
    known = ContactInfo("OR", phone="555-010-0142", phone_updated=date(2024, 6, 11), email="ida@example.com")
    load(ida, report_on("100", contacts=(known,)))
    told = Demographics(
        last_name="OAKES", contacts=(ContactInfo("OR", phone="555-010-0142", email="ida@example.com"),)
    )
    tell(ida, StateAlert("OR", demographics=told))
    assert StoredContact.objects.get().phone_updated == date(2024, 6, 11)


def test_names_and_addresses_of_a_state_are_replaced(ida: Producer):
    load(ida, report_on("100", other_names=(OtherName("OR", "DBA", "IDA'S"), OtherName("FL", "Alias", "I"))))
    told = Demographics(
        last_name="OAKES",
        other_names=(OtherName("OR", "Alias", "OAKES, I"),),
        addresses=(Address("OR", "2", "Business", line_1="77 IMAGINARY LN"),),
    )
    tell(ida, StateAlert("OR", demographics=told))
    names = StoredName.objects.filter(known_to=None, removed_at=None)
    assert sorted(names.values_list("state", "name")) == [("FL", "I"), ("OR", "OAKES, I")]
    assert ida.addresses.get().line_1 == "77 IMAGINARY LN"


def test_a_regulatory_action_arrives_by_alert(ida: Producer):
    load(ida, report_on("100"))
    action = RegulatoryAction("OR", "500001", reason="LATE FILING", action_date=date(2026, 3, 2))
    tell(ida, StateAlert("OR", regulatory_actions=(action,)))
    assert StoredAction.objects.get().reason == "LATE FILING"


def test_a_move_and_a_new_name_reach_the_producer(ida: Producer):
    load(ida, report_on("100"))
    home = license_in("WA", residency=Residency.RESIDENT, issue_date=date(2026, 3, 2))
    tell(ida, StateAlert("WA", licenses=(home,), demographics=Demographics(last_name="BIRCH")))
    ida.refresh_from_db()
    assert (ida.resident_state, ida.last_name, ida.sort_name) == ("WA", "BIRCH", "birch, ida")


def test_the_name_in_a_state_that_is_not_home_is_not_the_producers(ida: Producer):
    load(ida, report_on("100"))
    tell(ida, StateAlert("FL", demographics=Demographics(last_name="OAKES-BIRCH")))
    ida.refresh_from_db()
    assert ida.last_name == "OAKES"


def test_the_last_license_gone_is_no_failure(ida: Producer):
    load(ida, report_on("100"))
    outcome = tell(ida, StateAlert("OR", licenses=()))
    assert (outcome.status, outcome.failed) == (SyncStatus.SUCCESS_NO_LICENSES, False)


def test_after_an_alert_the_old_report_is_compared_in_full(ida: Producer):
    report = report_on("100")
    load(ida, report)
    tell(ida, StateAlert("OR", licenses=(license_in("OR", residency=Residency.RESIDENT, active=False),)))
    assert SyncState.objects.get().report_digest == ""
    load(ida, report, at=WEDNESDAY)
    assert License.objects.get(known_to=None).active is True


def test_a_state_that_does_not_exist_is_said(ida: Producer):
    load(ida, report_on("100"))
    outcome = tell(ida, StateAlert("ZZ", licenses=(license_in("ZZ"),)))
    assert "does not exist: ZZ" in outcome.remark
    assert not License.objects.filter(state="ZZ").exists()


def test_one_bad_alert_fails_one_producer(on_file: Callable[..., list[Producer]]):
    producers = on_file("101", "102", "103")
    for producer in producers:
        load(producer, report_on(producer.npn or ""))
    off = StateAlert("OR", licenses=(license_in("OR", residency=Residency.RESIDENT, active=False),))
    bad = StateAlert("OR", appointments=(appointment_in("OR", status="Pending"),))
    alerts = [
        (producer.pk, alert_on(producer.npn or "", said))
        for producer, said in zip(producers, (off, bad, off), strict=True)
    ]
    outcomes = sync_alerts(alerts, known_at=TUESDAY, sitting=Sitting(None, RemovalGuard()))
    assert [outcome.failed for outcome in outcomes] == [False, True, False]
    assert License.objects.filter(known_to=None, active=False).count() == 2


def test_an_agency_takes_its_new_name(on_file: Callable[..., list[Producer]]):
    [firm] = on_file("900")
    held = license_in("SC", residency=Residency.RESIDENT)
    who = Biographic("900", company_name="Puddlejump LLC")
    load(firm, EntityReport(EntityType.FIRM, who, licenses=(held,)))
    said = StateAlert("SC", demographics=Demographics(company_name="Puddlejump Benefits LLC"))
    alert = EntityAlert("900", EntityType.FIRM, states=(said,))
    sync_alerts([(firm.pk, alert)], known_at=TUESDAY, sitting=Sitting(None, RemovalGuard()))
    firm.refresh_from_db()
    assert firm.company_name == "Puddlejump Benefits LLC"
