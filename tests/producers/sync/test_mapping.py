"""Documents to rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from appointments.sync import appointment_rows, company_key
from nipr.wire.messages import Biographic, ContactInfo, EntityReport, EntityType, OtherName
from producers.models import ContactInfo as StoredContact
from producers.models import License, LicenseLine
from producers.models import OtherName as StoredName
from producers.sync.digest import report_digest
from producers.sync.mapping import report_rows
from producers.sync.rows import Notes, finished
from tests.producers.sync.documents import appointment_in, license_in, line, report_on


def rows_of(report: EntityReport, notes: Notes | None = None):
    return report_rows(1, report, notes or Notes())


def test_a_license_keeps_its_lines_by_its_own_natural_key():
    rows = rows_of(report_on("1", license_in("OR", "77", lines=(line("16"), line("39", "Health")))))
    [held] = rows[License]
    assert [(row.state, row.license_number, row.loa_code) for row in rows[LicenseLine]] == [
        ("OR", "77", "16"),
        ("OR", "77", "39"),
    ]
    assert (held.license_class_code, held.expiration_date) == ("3", date(2027, 2, 28))


def test_far_future_dates_mean_never():
    [row] = appointment_rows(1, [appointment_in("OR", renewal_date=date(9999, 12, 31))])
    assert row.renewal_date is None
    rows = rows_of(report_on("1", license_in("OR", expiration_date=date(2999, 12, 31))))
    assert rows[License][0].expiration_date is None


def test_look_alikes_are_numbered_from_the_oldest_whatever_the_order_of_the_document():
    old = license_in("OR", issue_date=date(2010, 1, 1))
    young = license_in("OR", issue_date=date(2020, 1, 1))
    for licenses in ((old, young), (young, old)):
        rows = sorted(rows_of(report_on("1", *licenses))[License], key=lambda row: row.position)
        assert [(row.position, row.issue_date) for row in rows] == [
            (0, date(2010, 1, 1)),
            (1, date(2020, 1, 1)),
        ]


def test_a_state_that_does_not_exist_is_left_out_and_said():
    notes = Notes()
    rows = rows_of(report_on("1", license_in("OR"), license_in("ZZ")), notes)
    assert [row.state for row in rows[License]] == ["OR"]
    assert notes.sentences() == ["Left out what the registry lists under a state that does not exist: ZZ."]


def test_text_that_is_too_long_is_shortened_and_said():
    notes = Notes()
    report = report_on("1", contacts=(ContactInfo("OR", phone="5" * 60),))
    [row] = rows_of(report, notes)[StoredContact]
    assert row.phone == "5" * 40
    assert notes.sentences() == ["Shortened because too long: contact info phone."]


def test_other_names_keep_their_state_and_type():
    [row] = rows_of(report_on("1", other_names=(OtherName("OR", "Alias", "OAKES, I"),)))[StoredName]
    assert (row.state, row.type, row.name) == ("OR", "Alias", "OAKES, I")


def test_a_carrier_is_known_by_its_cocode_else_its_fein_else_its_name():
    assert company_key("00101", "000000101", "Lanternfish") == "00101"
    assert company_key("", "000000101", "Lanternfish") == "fein:000000101"
    assert company_key("", "", "Lanternfish") == "name:lanternfish"


def test_a_long_carrier_name_still_fits_its_key():
    notes = Notes()
    source = appointment_in("OR", "", fein="", company_name="Lanternfish " * 10)
    [row] = finished(appointment_rows(1, [source]), notes)
    assert len(row.company_key) == 30


def test_the_fein_is_nine_bare_digits():
    [row] = appointment_rows(1, [appointment_in("OR", fein="00-0000101")])
    assert row.fein == "000000101"


@pytest.mark.parametrize("status", ["APPOINTED", "appointed", "Appointed"])
def test_the_status_of_an_appointment_may_be_written_in_any_case(status: str):
    [row] = appointment_rows(1, [appointment_in("OR", status=status)])
    assert row.status == "Appointed"


def test_a_status_nobody_knows_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match=r"Lanternfish.* in OR has the status “Pending”"):
        list(appointment_rows(1, [appointment_in("OR", status="Pending")]))


def test_the_digest_does_not_depend_on_the_order_of_rows():
    one, two = license_in("OR", lines=(line("16"), line("39"))), license_in("FL")
    turned = replace(one, lines=one.lines[::-1])
    assert report_digest(report_on("1", one, two)) == report_digest(report_on("1", two, turned))


def test_the_digest_tells_any_difference():
    report = report_on("1")
    other = report_on("1", license_in("OR", lines=(line(ce_credits_needed=24),)))
    assert report_digest(report) != report_digest(other)


def test_the_digest_holds_no_social_security_number():
    report = report_on("1", who={"ssn": "123-45-6789"})
    assert report_digest(report) == report_digest(report_on("1", who={"ssn": "987-65-4321"}))
    assert report_digest(report) != report_digest(report_on("1"))


def test_a_report_without_anything_has_no_rows():
    rows = rows_of(EntityReport(EntityType.INDIVIDUAL, Biographic("1")))
    assert not any(rows.values())
