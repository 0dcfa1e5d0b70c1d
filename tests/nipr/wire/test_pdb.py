"""What an entity report may look like, and what comes of it."""

from datetime import date
from io import BytesIO

import pytest

from nipr.wire import pdb
from nipr.wire.assumed import NO_PRODUCER
from nipr.wire.errors import DecodeError, NotXml
from nipr.wire.messages import (
    AppointmentStatus,
    EntityReport,
    EntityType,
    OtherName,
    RegistryRefusal,
    Residency,
)
from nipr.wire.values import is_perpetual
from tests.nipr.wire.documents import ERROR, FIRM, INDIVIDUAL, changed


def read(document: bytes) -> EntityReport:
    report = pdb.decode(document)
    assert isinstance(report, EntityReport)
    return report


def test_an_individual_is_read_whole():
    report = read(INDIVIDUAL)
    assert report.entity_type is EntityType.INDIVIDUAL
    assert (report.npn, report.biographic.last_name, report.biographic.birth_date) == (
        "99000017",
        "QUILLFEATHER",
        date(1981, 2, 13),
    )
    assert report.other_names == (OtherName("OR", "Alias", "OAKES, MAREN T"),)
    assert [(item.state, item.number, item.residency, item.active) for item in report.licenses] == [
        ("OR", "99000017", Residency.RESIDENT, True),
        ("FL", "X000042", Residency.NON_RESIDENT, True),
    ]
    assert report.addresses[0].line_2 == "STE 4"
    assert report.contacts[0].email == "maren@quillfeather.example"
    assert report.regulatory_actions[0].penalty == "250.00"


def test_several_lines_of_a_licence_keep_their_order_and_status():
    lines = read(INDIVIDUAL).licenses[0].lines
    assert [(line.code, line.status, line.ce_credits_needed) for line in lines] == [
        ("16", "Active", 0),
        ("39", "Inactive", 0),
    ]


def test_a_firm_is_read_with_its_branches():
    report = read(FIRM)
    assert report.entity_type is EntityType.FIRM
    assert report.biographic.fein == "00-0000900"
    assert report.licenses[0].branch_id == "00001"
    assert report.addresses[0].branch_id == "00001"


def test_an_error_document_is_a_refusal_with_its_sentence():
    assert pdb.decode(ERROR) == RegistryRefusal("The request parameter id_entity is not a valid number.")


@pytest.mark.parametrize("producer", ["<PRODUCER/>", "<PRODUCER><INDIVIDUAL/></PRODUCER>", ""])
def test_a_document_without_a_producer_is_a_refusal(producer):
    document = f"<PDB><TRANSACTION_TYPE><TYPE>INDIVIDUAL</TYPE></TRANSACTION_TYPE>{producer}</PDB>"
    assert pdb.decode(document.encode()) == RegistryRefusal(NO_PRODUCER)


@pytest.mark.parametrize("text", ["12/31/9999", "99991231", "29991231", "9999-12-31"])
def test_perpetual_renewal_dates_are_read_and_known_for_what_they_are(text):
    renewal = read(changed(INDIVIDUAL, "12/31/9999", text)).appointments[0].renewal_date
    assert is_perpetual(renewal)


def test_an_empty_expiration_date_is_absent():
    assert read(INDIVIDUAL).licenses[1].expiration_date is None


@pytest.mark.parametrize("text", ["", "   ", "00/00/0000", "0000-00-00"])
def test_blank_and_null_dates_are_absent(text):
    assert (
        read(changed(INDIVIDUAL, "02/28/2027</DATE_EXP", f"{text}</DATE_EXP")).licenses[0].expiration_date
        is None
    )


def test_a_state_may_be_in_one_section_only():
    document = changed(
        INDIVIDUAL,
        '<CONTACT_INFOS>\n          <STATE name="OR">',
        '<CONTACT_INFOS>\n          <STATE name="WA">',
    )
    report = read(document)
    assert report.contacts[0].state == "WA"
    assert {item.state for item in report.licenses} == {"OR", "FL"}


def test_a_state_may_hold_appointments_and_no_licence():
    document = b"""<PDB><PRODUCER><INDIVIDUAL><ENTITY_BIOGRAPHIC><BIOGRAPHIC><NPN>1</NPN></BIOGRAPHIC>
      </ENTITY_BIOGRAPHIC>
      <PRODUCER_LICENSING><LICENSE_INFORMATION><STATE name="TX"><APPOINTMENT_INFORMATION><APPOINTMENT>
      <COCODE>00101</COCODE></APPOINTMENT></APPOINTMENT_INFORMATION></STATE><STATE name="NV"/></LICENSE_INFORMATION>
      </PRODUCER_LICENSING></INDIVIDUAL></PRODUCER></PDB>"""
    report = read(document)
    assert report.licenses == ()
    assert [(row.state, row.cocode) for row in report.appointments] == [("TX", "00101")]


def test_several_licences_of_one_state_are_all_kept():
    start, end = INDIVIDUAL.index(b"<LICENSE>"), INDIVIDUAL.index(b"</LICENSE>") + len(b"</LICENSE>")
    second = INDIVIDUAL[start:end].replace(b"99000017", b"77").replace(b"Insurance Producer", b"Adjuster")
    report = read(INDIVIDUAL[:end] + second + INDIVIDUAL[end:])
    assert [(item.state, item.number) for item in report.licenses] == [
        ("OR", "99000017"),
        ("OR", "77"),
        ("FL", "X000042"),
    ]


def test_terminated_rows_stay_beside_current_ones():
    statuses = [row.status for row in read(INDIVIDUAL).appointments]
    assert statuses == [AppointmentStatus.APPOINTED, AppointmentStatus.TERMINATED]


def test_a_blank_line_code_stays_blank():
    document = changed(
        INDIVIDUAL,
        "<LOA_CODE>16</LOA_CODE>\n                <STATUS>Appointed",
        "<LOA_CODE/>\n                <STATUS>Appointed",
    )
    assert read(document).appointments[0].loa_code == ""


def test_the_company_id_of_a_state_may_be_missing():
    document = INDIVIDUAL.replace(b"<APPOINTER_STATE_CO_ID/>", b"").replace(
        b"<APPOINTER_STATE_CO_ID>L-77</APPOINTER_STATE_CO_ID>", b""
    )
    rows = read(document).appointments
    assert [row.state_company_id for row in rows] == ["", ""]
    assert rows[0].company_name == "Lanternfish Life Assurance Co"


@pytest.mark.parametrize(
    ("adhs", "expected"),
    [
        ("<ADHS/>", ""),
        ("<ADHS>Y</ADHS>", "Y"),
        ("<ADHS>\n<HOME_STATE>WA</HOME_STATE>\n</ADHS>", "WA"),
        ("", ""),
    ],
)
def test_adhs_is_read_in_each_of_its_forms(adhs, expected):
    assert read(changed(INDIVIDUAL, "<ADHS/>", adhs)).licenses[0].adhs == expected


@pytest.mark.parametrize("other", ["<OTHER_NAME/>", '<OTHER_NAME><STATE name="OR"/></OTHER_NAME>', ""])
def test_other_names_may_be_empty(other):
    start, end = INDIVIDUAL.index(b"<OTHER_NAME>"), INDIVIDUAL.index(b"</OTHER_NAME>") + len(b"</OTHER_NAME>")
    assert read(INDIVIDUAL[:start] + other.encode() + INDIVIDUAL[end:]).other_names == ()


@pytest.mark.parametrize("first", [True, False])
def test_agency_affiliations_are_read_wherever_they_stand(first):
    agency = "<Agency_Name>Puddlejump</Agency_Name><FEIN_State_Co_ID>PBA-1</FEIN_State_Co_ID>"
    filled = f"<Agency_Affiliations>{agency}</Agency_Affiliations>"
    document = changed(INDIVIDUAL, "<Agency_Affiliations/>", "" if first else filled)
    if first:
        document = changed(document, "<APPOINTMENT>", f"<APPOINTMENT>{filled}")
    row = read(document).appointments[0]
    assert (row.agency_affiliation, row.agency_affiliation_id) == ("Puddlejump", "PBA-1")


def test_unknown_elements_are_ignored():
    document = INDIVIDUAL.replace(b"<ADHS/>", b"<ADHS/><NEW_IN_BETA><DEEP>1</DEEP></NEW_IN_BETA>").replace(
        b"<PRODUCER>", b"<NEWS>x</NEWS><PRODUCER>"
    )
    assert read(document) == read(INDIVIDUAL)


def test_empty_sections_are_no_rows():
    document = b"""<PDB><PRODUCER><FIRM><ENTITY_BIOGRAPHIC><BIOGRAPHIC><NPN>7</NPN></BIOGRAPHIC><ADDRESSES/>
      <CONTACT_INFOS/>
      </ENTITY_BIOGRAPHIC><PRODUCER_LICENSING><LICENSE_INFORMATION>
      <STATE name="SC"><LICENSE><DETAILS/></LICENSE>
      <APPOINTMENT_INFORMATION/></STATE></LICENSE_INFORMATION><REGULATORY_ACTION/></PRODUCER_LICENSING></FIRM></PRODUCER>
      </PDB>"""
    report = read(document)
    assert report.entity_type is EntityType.FIRM
    assert (report.addresses, report.appointments, report.regulatory_actions) == ((), (), ())
    assert report.licenses[0].lines == ()


def test_blank_active_is_not_active():
    assert read(changed(INDIVIDUAL, "<ACTIVE>Yes</ACTIVE>", "<ACTIVE/>")).licenses[0].active is False


def test_active_that_is_neither_yes_nor_no_fails_the_document():
    with pytest.raises(DecodeError, match="ACTIVE") as caught:
        pdb.decode(changed(INDIVIDUAL, "<ACTIVE>Yes</ACTIVE>", "<ACTIVE>Perhaps</ACTIVE>"))
    assert (caught.value.element, caught.value.value) == ("ACTIVE", "Perhaps")


@pytest.mark.parametrize("wrong", ["02/30/2027", "next week", "2027-13-01", "28.02.2027"])
@pytest.mark.parametrize(
    "name",
    [
        "DATE_ISSUE_LICENSE_ORIG",
        "DATE_EXPIRE_LICENSE",
        "AUTHORITY_ISSUE_DATE",
        "STATUS_REASON_DATE",
        "APPONT_RENEWAL_DATE",
        "CE_RENEWAL_DATE",
        "DATE_OF_ACTION",
    ],
)
def test_a_wrong_date_that_decides_something_fails_and_is_named(name, wrong):
    start = INDIVIDUAL.index(f"<{name}>".encode()) + len(name) + 2
    end = INDIVIDUAL.index(b"<", start)
    with pytest.raises(DecodeError) as caught:
        pdb.decode(INDIVIDUAL[:start] + wrong.encode() + INDIVIDUAL[end:])
    assert (caught.value.element, caught.value.value) == (name, wrong)
    assert name in str(caught.value)
    assert wrong in str(caught.value)


def test_a_wrong_birth_date_is_named_and_not_repeated():
    with pytest.raises(DecodeError) as caught:
        pdb.decode(changed(INDIVIDUAL, "02/13/1981", "13.2.1981"))
    assert caught.value.element == "DATE_BIRTH"
    assert "1981" not in str(caught.value)


@pytest.mark.parametrize("name", ["DATE_UPDATED", "BUSINESS_PHONE_UPDATE_DATE", "ENTER_DATE"])
def test_a_wrong_bookkeeping_date_reads_as_absent(name):
    start = INDIVIDUAL.index(f"<{name}>".encode()) + len(name) + 2
    end = INDIVIDUAL.index(b"<", start)
    assert read(INDIVIDUAL[:start] + b"garbage" + INDIVIDUAL[end:]).npn == "99000017"


def test_credits_that_are_no_whole_number_are_absent():
    assert (
        read(changed(INDIVIDUAL, "NEEDED>0<", "NEEDED>some<")).licenses[0].lines[0].ce_credits_needed is None
    )


@pytest.mark.parametrize("written", ["00-0000900", "000000900"])
def test_feins_have_one_form(written):
    assert read(changed(FIRM, "00-0000900", written)).biographic.fein == "00-0000900"


def test_spaces_around_values_do_not_count():
    document = changed(INDIVIDUAL, "<NPN>99000017</NPN>", "<NPN>\n  99000017  </NPN>")
    assert read(document) == read(INDIVIDUAL)


def test_several_actions_in_one_state_element_are_told_apart():
    start, end = (
        INDIVIDUAL.index(b"<ACTION_ID>"),
        INDIVIDUAL.index(b"<LENGTH_OF_ORDER/>") + len(b"<LENGTH_OF_ORDER/>"),
    )
    again = INDIVIDUAL[start:end].replace(b"500001", b"500002")
    actions = read(INDIVIDUAL[:end] + again + INDIVIDUAL[end:]).regulatory_actions
    assert [action.action_id for action in actions] == ["500001", "500002"]


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "us-ascii"])
def test_the_expected_encodings_are_read(encoding):
    text = INDIVIDUAL.decode().replace(
        '<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{encoding}"?>'
    )
    text = text if encoding == "us-ascii" else text.replace("QUILLFEATHER", "QUILLFÉATHER")
    name = "QUILLFEATHER" if encoding == "us-ascii" else "QUILLFÉATHER"
    assert read(text.encode(encoding)).biographic.last_name == name


def test_a_byte_order_mark_is_no_trouble():
    assert read(b"\xef\xbb\xbf" + INDIVIDUAL) == read(INDIVIDUAL)


@pytest.mark.parametrize("cut", [100, 3000, len(INDIVIDUAL) - 10])
def test_a_truncated_document_is_refused(cut):
    with pytest.raises(NotXml, match="truncated or not well-formed"):
        pdb.decode(INDIVIDUAL[:cut])


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        b"<html><body><p>Sign in</body></html>",
        b"<html><body/></html>",
        b"Sign in, please",
        b"",
        b"  \n",
    ],
)
def test_a_page_for_people_is_refused(page):
    with pytest.raises(DecodeError):
        pdb.decode(page)


def test_a_report_that_does_not_say_whose_it_is_is_no_unknown_producer():
    with pytest.raises(DecodeError, match="whose it is"):
        pdb.decode(changed(INDIVIDUAL, "<NPN>99000017</NPN>", "<NPN/>"))


def test_a_document_in_a_namespace_is_not_taken_for_an_empty_one():
    with pytest.raises(DecodeError, match="Expected a PDB document"):
        pdb.decode(changed(INDIVIDUAL, "<PDB>", '<PDB xmlns="urn:x">'))


def test_a_foreign_document_is_named():
    with pytest.raises(DecodeError, match="Expected a PDB document, got NIPR"):
        pdb.decode(b"<NIPR><ERROR/></NIPR>")


def test_a_large_document_is_streamed_to_the_same_result():
    report = read(FIRM)
    many = [row for _ in range(9000) for row in read(INDIVIDUAL).appointments if row.state == "OR"]
    large = EntityReport(
        report.entity_type, report.biographic, licenses=report.licenses, appointments=tuple(many)
    )
    document = pdb.encode(large)
    assert len(document) > 4_000_000
    assert pdb.decode(BytesIO(document)) == pdb.decode(document)
    assert set(read(document).appointments) == set(many)
    assert len(read(document).appointments) == len(many)


def test_a_wrong_date_deep_in_a_stream_is_named_too():
    report = read(INDIVIDUAL)
    document = pdb.encode(
        EntityReport(report.entity_type, report.biographic, appointments=report.appointments * 9000)
    )
    position = document.rindex(b"<STATUS_REASON_DATE>")
    with pytest.raises(DecodeError, match="STATUS_REASON_DATE is not a date: 99/99/2020"):
        pdb.decode(document[:position] + b"<STATUS_REASON_DATE>99/99/2020" + document[position + 30 :])


def test_nobodys_number_reaches_a_repr():
    assert "000-00-0001" not in repr(read(INDIVIDUAL))
