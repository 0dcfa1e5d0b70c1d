from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.imports.headers import match, normalised
from core.imports.resource import Column, UploadResource


class People(UploadResource):
    agency_npn = Column("agency_npn", required=True, synonyms=["Agency NPN"])
    agency_name = Column("agency_name")
    first_name = Column("first_name", required=True, synonyms=["First Name"])
    last_name = Column("last_name", required=True, synonyms=["Last Name"], hints=["Surname"])
    agent_npn = Column("agent_npn", required=True, synonyms=["Agent NPN", "NPN"])
    agent_email = Column("agent_email", synonyms=["Email"])
    agent_ssn = Column("agent_ssn", synonyms=["SSN"], secret=True)
    loa_category = Column("loa_category", synonyms=["LOA Categories", "LOA"])
    states = Column("states", synonyms=["State(s)"])
    cocodes = Column("cocodes", synonyms=["CoCode(s)", "CoCodes", "CoCode"])
    external_id = Column("external_id")


PEOPLE = People()
NEEDED = ["agency_npn", "first_name", "last_name", "agent_npn"]


def columns(*headers: str, **how) -> list[str]:
    return match(headers, PEOPLE, remembered=how.get("remembered", {}), chosen=how.get("chosen")).columns


@pytest.mark.parametrize(
    ("header", "plain"),
    [
        ("State(s)", "states"),
        ("CoCode(s)", "cocodes"),
        ("agent_npn", "agentnpn"),
        ("Agent NPN", "agentnpn"),
        ("AGENT-NPN", "agentnpn"),
        ("Agent.NPN", "agentnpn"),
        ("Agent/NPN", "agentnpn"),
        ("  agent  npn  ", "agentnpn"),
        ("Agent NPN*", "agentnpn"),
        ("Agent NPN:", "agentnpn"),
        ("#NPN", "npn"),
        ("Agent\nNPN", "agentnpn"),
        ("Agent\u00a0NPN", "agentnpn"),
        ("\ufeffagent_npn", "agentnpn"),
        ("ＮＰＮ", "npn"),
        ("Straße", "strasse"),
        ("Prénom", "prénom"),
        ("Line 2", "line2"),
        ("", ""),
        ("***", ""),
    ],
)
def test_case_blanks_and_signs_of_a_header_do_not_matter(header, plain):
    assert normalised(header) == plain


@given(st.text())
def test_what_is_normalised_stays_as_it_is(header):
    assert normalised(normalised(header)) == normalised(header)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("agent_npn", "agent_npn"),
        ("Agent NPN", "agent_npn"),
        ("AgentNpn", "agent_npn"),
        ("npn", "agent_npn"),
        ("E-mail", "agent_email"),
        ("SSN", "agent_ssn"),
        ("LOA categories", "loa_category"),
        ("loa category", "loa_category"),
        ("STATE(S)", "states"),
        ("States", "states"),
        ("cocode", "cocodes"),
        ("CoCode(s)", "cocodes"),
        ("External-ID", "external_id"),
        ("upload_row", "upload_row"),
        ("Upload Row", "upload_row"),
        ("reason", ""),
        ("Reason", ""),
        ("notes", ""),
        ("State", ""),
        ("", ""),
        ("***", ""),
    ],
)
def test_headers_match_by_name_and_by_synonym(header, column):
    assert columns(header) == [column]


@pytest.mark.parametrize("header", ["reason", "Reason"])
def test_a_reason_is_what_was_wrong_with_a_failed_row_only_where_it_says_which_row_that_was(header):
    assert columns(header, "Upload row") == ["reason", "upload_row"]
    assert columns("Upload row", header) == ["upload_row", "reason"]


def test_a_file_with_every_needed_column_is_clear():
    matched = match([*NEEDED, "notes"], PEOPLE, remembered={})
    assert matched.clear
    assert (matched.missing, matched.doubled) == ([], {})
    assert matched.columns == [*NEEDED, ""]


def test_needed_columns_that_no_header_means_are_named_in_their_order():
    matched = match(["agent_npn", "states"], PEOPLE, remembered={})
    assert matched.missing == ["agency_npn", "first_name", "last_name"]
    assert not matched.clear


@pytest.mark.parametrize(
    "headers",
    [
        ["NPN", "agent_npn"],
        ["agent_npn", "NPN"],
        ["Agent NPN", "agent_npn"],
        ["NPN", "NPN (2)"],
        ["NPN", "npn"],
    ],
)
def test_two_headers_for_one_column_are_not_clear(headers):
    matched = match([*headers, "agency_npn", "first_name", "last_name"], PEOPLE, remembered={})
    assert matched.doubled == {"agent_npn": headers}
    assert not matched.clear


def test_a_number_in_brackets_means_nothing_without_the_first_of_its_name():
    assert columns("NPN (2)") == [""]
    assert columns("Notes", "Notes (2)") == ["", ""]


def test_what_is_remembered_comes_after_names():
    remembered = {"producernumber": "agent_npn", "npn": "agency_npn"}
    assert columns("Producer Number", remembered=remembered) == ["agent_npn"]
    assert columns("NPN", remembered=remembered) == ["agent_npn"]
    assert columns("Producer Number", "NPN", remembered=remembered) == ["", "agent_npn"]


def test_what_is_remembered_as_a_header_is_found_too():
    assert columns("Producer Number", remembered={"Producer number": "agent_npn"}) == ["agent_npn"]


def test_a_remembered_column_that_is_no_more_is_passed_over():
    assert columns("Producer Number", remembered={"producernumber": "gone"}) == [""]


def test_what_is_chosen_goes_before_names():
    assert columns("NPN", "Number", chosen={"Number": "agent_npn"}) == ["", "agent_npn"]
    assert columns("NPN", chosen={"NPN": ""}) == [""]
    assert columns("NPN", chosen={"NPN": "agency_npn"}) == ["agency_npn"]
    assert columns("NPN", "NPN (2)", chosen={"NPN": "", "NPN (2)": "agent_npn"}) == ["", "agent_npn"]


def test_a_choice_that_is_no_column_leaves_the_header_unmatched():
    assert columns("NPN", chosen={"NPN": "gone"}) == [""]


def test_one_column_chosen_for_two_headers_is_not_clear():
    matched = match(["a", "b"], PEOPLE, remembered={}, chosen={"a": "agent_npn", "b": "agent_npn"})
    assert matched.doubled == {"agent_npn": ["a", "b"]}


def test_choosing_makes_a_doubled_column_clear():
    headers = ["NPN", "agent_npn", "agency_npn", "first_name", "last_name"]
    matched = match(headers, PEOPLE, remembered={}, chosen={"NPN": "", "agent_npn": "agent_npn"})
    assert matched.clear
    assert matched.columns == ["", "agent_npn", "agency_npn", "first_name", "last_name"]


@pytest.mark.parametrize(
    ("header", "likeliest"),
    [
        ("Producer NPN number", "agent_npn"),
        ("Licence states", "states"),
        ("State", "states"),
        ("License State", "states"),
        ("Agent e-mail address", "agent_email"),
        ("Email address", "agent_email"),
        ("agentNPNs", "agent_npn"),
        ("Agnt NPN", "agent_npn"),
        ("first nme", "first_name"),
        ("Surname / last name", "last_name"),
        ("LOAs", "loa_category"),
        ("Company CoCode", "cocodes"),
        ("Agency", "agency_name"),
        ("Name of the agency", "agency_name"),
        ("Ext ID", "external_id"),
        ("SSN (full)", "agent_ssn"),
        ("Emial", "agent_email"),
        ("Surname", "last_name"),
        ("Tax ID", "agent_ssn"),
        ("Social Security Number", "agent_ssn"),
    ],
)
def test_the_likeliest_column_is_suggested_for_a_header_that_matches_none(header, likeliest):
    suggested = match([header], PEOPLE, remembered={}).suggestions[header]
    assert likeliest in suggested[: 2 if header == "Agency" else 1]


@pytest.mark.parametrize(
    "header", ["Notes", "Hire date", "Start date", "Status", "Column 7", "¿?", "x", "Manager"]
)
def test_nothing_is_suggested_for_a_header_that_is_like_none(header):
    assert match([header], PEOPLE, remembered={}).suggestions == {}


def test_for_a_number_that_is_secret_only_columns_that_keep_secrets_are_suggested():
    assert match(["Tax ID", "agent_ssn"], PEOPLE, remembered={}).suggestions == {}


def test_a_column_that_is_taken_is_not_suggested():
    matched = match(["agent_npn", "Producer NPN number"], PEOPLE, remembered={})
    assert "agent_npn" not in matched.suggestions.get("Producer NPN number", [])


def test_nothing_is_suggested_for_what_was_chosen_to_be_only_kept():
    assert match(["State"], PEOPLE, remembered={}, chosen={"State": ""}).suggestions == {}


def test_at_most_three_columns_are_suggested_without_repeats():
    suggested = match(["agency agent first last name npn"], PEOPLE, remembered={}).suggestions
    (names,) = suggested.values()
    assert len(names) == len(set(names)) <= 3


@given(
    st.lists(st.text(max_size=30), max_size=20, unique=True),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5)),
)
def test_whatever_the_headers_are_each_gets_a_column_or_none(headers, remembered):
    matched = match(headers, PEOPLE, remembered=remembered)
    assert len(matched.columns) == len(headers)
    assert set(matched.columns) <= {*PEOPLE.columns, "upload_row", "reason", ""}
    taken = set(matched.columns)
    assert all(not taken & set(names) for names in matched.suggestions.values())


def test_sixty_four_strange_headers_are_matched_in_no_time():
    headers = [f"A strange and rather long header about the agent number {number}" for number in range(64)]
    began = time.process_time()
    match(headers, PEOPLE, remembered={})
    assert time.process_time() - began < 0.5
