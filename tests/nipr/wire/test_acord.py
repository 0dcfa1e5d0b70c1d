"""The alerts report: replace semantics, deletion markers, and what is left out."""

from dataclasses import replace
from datetime import date

import pytest

from nipr.wire import acord
from nipr.wire.errors import DecodeError
from nipr.wire.messages import (
    Address,
    AlertsReport,
    Appointment,
    ContactInfo,
    Demographics,
    EntityAlert,
    EntityType,
    License,
    RegulatoryAction,
    Residency,
    StateAlert,
)
from tests.nipr.wire.documents import ALERTS, changed

LICENSE = slice(ALERTS.index(b"<InsuranceLicense>"), ALERTS.index(b"</InsuranceLicense>") + 19)
APPOINTMENT = slice(ALERTS.index(b"<InsuranceAppointment>"), ALERTS.index(b"</InsuranceAppointment>") + 23)


def state(document: bytes) -> StateAlert:
    report = acord.decode(document)
    assert report.problems == ()
    return report.entities[0].states[0]


def without(part: slice, instead: bytes = b"") -> bytes:
    return ALERTS[: part.start] + instead + ALERTS[part.stop :]


def test_a_report_is_read_whole():
    report = acord.decode(ALERTS)
    assert report.created_at is not None
    assert report.created_at.utcoffset().total_seconds() == -6 * 3600
    entity = report.entities[0]
    assert (entity.npn, entity.entity_type, entity.birth_date) == (
        "99000017",
        EntityType.INDIVIDUAL,
        date(1981, 2, 13),
    )
    alert = entity.states[0]
    assert alert.licenses[0].residency is Residency.RESIDENT
    assert alert.licenses[0].expiration_date == date(2027, 2, 28)
    assert alert.appointments[0].company_name == "Lanternfish Life Assurance Co"
    assert (alert.appointments[0].cocode, alert.appointments[0].fein) == ("00101", "00-0000101")
    assert (alert.appointments[0].termination_reason, alert.appointments[0].status_date) == (
        "For Cause",
        date(2025, 1, 3),
    )


def test_a_category_that_is_not_there_is_unchanged():
    assert state(without(LICENSE)).licenses is None
    assert state(without(APPOINTMENT)).appointments is None
    assert state(ALERTS).regulatory_actions is None


def test_a_licence_element_without_a_licence_says_none_are_left():
    marker = b"<InsuranceLicense><TypeCode>Producer</TypeCode></InsuranceLicense>"
    assert state(without(LICENSE, marker)).licenses == ()


@pytest.mark.parametrize(
    "marker",
    [
        b"<InsuranceAppointment><StateOrProvinceCode/><InsurerReferences/><LicenseeReferences/></InsuranceAppointment>",
        b"<InsuranceAppointment/>",
    ],
)
def test_an_empty_appointment_says_none_are_left(marker):
    assert state(without(APPOINTMENT, marker)).appointments == ()


def test_an_empty_communication_says_no_contact_is_left():
    document = changed(ALERTS, "</PersonName>", "</PersonName><PersonCommunication/>")
    assert state(document).demographics.contacts == ()
    assert state(document).demographics.addresses == ()


def test_no_communication_leaves_contacts_as_they_were():
    assert state(ALERTS).demographics.contacts is None


def test_demographics_change_only_where_the_licensee_says_so():
    reference = '<LicenseeReferences><PersonReferences personReference="PersonOR1"/></LicenseeReferences>'
    assert state(changed(ALERTS, reference, "")).demographics is None


def test_an_appointment_without_a_line_code_stays_without():
    document = changed(
        ALERTS,
        ALERTS[APPOINTMENT].decode(),
        ALERTS[APPOINTMENT].decode().replace("<LineOfAuthorityCode>16</LineOfAuthorityCode>", ""),
    )
    assert state(document).appointments[0].loa_code == ""


def test_an_appointed_row_takes_its_own_date_and_renewal():
    document = changed(ALERTS, "<StatusCode>Terminated", "<StatusCode>Appointed")
    document = document.replace(b"TerminationEffectiveDate", b"AppointmentEffectiveDate")
    document = changed(
        document,
        "<LineOfAuthority>\n              <LineOfAuthorityCode>",
        "<LineOfAuthority><RenewalDate>9999-12-31</RenewalDate><LineOfAuthorityCode>",
    )
    row = state(document).appointments[0]
    assert (row.status, row.status_date, row.renewal_date) == (
        "Appointed",
        date(2025, 1, 3),
        date(9999, 12, 31),
    )


def test_prefixes_are_as_good_as_a_default_namespace():
    text = ALERTS.decode().replace("</", "</a:").replace("<a:", "<").replace("xmlns=", "xmlns:a=")
    prefixed = "".join(
        f"<a:{piece}" if piece and piece[0].isalpha() else f"<{piece}"
        for piece in ALERTS.decode().split("<")[1:]
    )
    prefixed = prefixed.replace("</", "</a:").replace("xmlns=", "xmlns:a=")
    assert text != prefixed
    assert acord.decode(prefixed.encode()) == acord.decode(ALERTS)


def test_two_items_of_one_state_are_one_alert():
    item = slice(ALERTS.index(b"<JurisdictionReportItem"), ALERTS.index(b"</JurisdictionReportItem>") + 25)
    document = ALERTS[: item.stop] + ALERTS[item] + ALERTS[item.stop :]
    states = acord.decode(document).entities[0].states
    assert [len(alert.licenses) for alert in states] == [2]


def test_a_wrong_date_costs_one_entity_and_no_other():
    good = EntityAlert("1", EntityType.INDIVIDUAL, states=(StateAlert("OR", licenses=()),))
    other = replace(good, npn="3")
    bad = EntityAlert(
        "2", EntityType.FIRM, states=(StateAlert("OR", licenses=(a_license(date(2030, 1, 1)),)),)
    )
    document = acord.encode(AlertsReport("m", None, (good, bad, other))).replace(b"2030-01-01", b"2030-02-31")
    report = acord.decode(document)
    assert report.entities == (good, other)
    assert report.problems[0].npn == "2"
    assert "LicensePeriod/EndDate is not a date: 2030-02-31" in report.problems[0].message


def a_license(expires):
    return License("OR", "1", "3", "Producer", Residency.RESIDENT, active=True, expiration_date=expires)


def test_a_reference_to_nobody_is_a_problem_and_no_crash():
    report = acord.decode(changed(ALERTS, 'personReference="PersonPRI1"', 'personReference="Gone"'))
    assert report.entities == ()
    assert "points at nobody" in report.problems[0].message


def test_branches_of_a_firm_are_kept_on_its_appointments():
    row = Appointment("SC", "Lanternfish", "00101", "", "16", "Life", "Appointed", branch_id="00002")
    alert = EntityAlert("99000900", EntityType.FIRM, states=(StateAlert("SC", appointments=(row,)),))
    assert acord.decode(acord.encode(AlertsReport("m", None, (alert,)))).entities == (alert,)


def test_addresses_and_phones_come_in_the_form_of_the_entity_report():
    who = Demographics(
        last_name="OAKES",
        addresses=(
            Address("OR", "2", "Business", "77 IMAGINARY LN", city="NOWHERE", updated_date=date(2025, 1, 3)),
        ),
        contacts=(ContactInfo("OR", phone="555-010-0142", fax="555-010-0143", email="m@o.example"),),
    )
    alert = EntityAlert("1", EntityType.INDIVIDUAL, states=(StateAlert("OR", demographics=who),))
    document = acord.encode(AlertsReport("m", None, (alert,)))
    assert b"+1-555-0100142" in document
    assert acord.decode(document).entities == (alert,)


def test_an_empty_report_is_no_entity():
    assert (
        acord.decode(
            b'<LicensingReportProcessResult xmlns="http://www.acord.org/schema/data/draft/ReusableDataComponents/1"/>'
        ).entities
        == ()
    )


@pytest.mark.parametrize("data", [b"<html/>", b"", ALERTS[:500]])
def test_what_is_no_report_is_refused(data):
    with pytest.raises(DecodeError):
        acord.decode(data)


def test_an_entity_that_is_listed_twice_is_one_and_what_comes_later_counts():
    held, action = a_license(date(2030, 1, 1)), RegulatoryAction("OR", "500001")
    first = EntityAlert(
        "1",
        EntityType.INDIVIDUAL,
        states=(
            StateAlert("OR", licenses=(held,), regulatory_actions=(action,)),
            StateAlert("FL", licenses=()),
        ),
    )
    ended = replace(held, active=False)
    second = EntityAlert(
        "1", EntityType.INDIVIDUAL, states=(StateAlert("OR", licenses=(ended,), appointments=()),)
    )
    [entity] = acord.decode(acord.encode(AlertsReport("m", None, (first, second)))).entities
    assert entity.states == (
        StateAlert("OR", licenses=(ended,), appointments=(), regulatory_actions=(action,)),
        StateAlert("FL", licenses=()),
    )
