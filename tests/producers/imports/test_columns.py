"""What cells of producer uploads mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.imports.headers import match
from producers.imports import AGENT, ASSIGNMENT
from producers.imports.columns import AGENT_TYPES, CATEGORIES, SCORECARD_TYPES


def read(upload=AGENT, **cells):
    values, problems = upload.resource.read(cells)
    return values, [(each["column"], each["code"]) for each in problems if each["code"] != "required"]


def value(column, text):
    values, problems = read(**{column: text})
    assert not problems
    return values[column]


def fault(column, text):
    values, [(named, code)] = read(**{column: text})
    assert named == column
    assert column not in values
    return code


def test_the_columns_are_those_of_the_contract():
    assert list(AGENT.resource.columns) == [
        "agency_npn", "agency_name", "first_name", "last_name", "agent_npn", "agent_email", "agent_ssn",
        "loa_category", "states", "scorecard_type", "agent_type", "cocodes", "external_id",
    ]  # fmt: skip
    assert list(ASSIGNMENT.resource.columns) == [
        "agent_npn", "loa_category", "states", "scorecard_type", "agent_type", "cocodes",
    ]  # fmt: skip


def test_what_is_needed_is_needed():
    assert [n for n, c in AGENT.resource.columns.items() if c.required] == [
        "agency_npn", "first_name", "last_name", "agent_npn",
    ]  # fmt: skip
    assert [n for n, c in ASSIGNMENT.resource.columns.items() if c.required] == [
        "agent_npn", "loa_category", "states", "scorecard_type",
    ]  # fmt: skip


def test_only_the_social_security_number_is_secret():
    assert AGENT.resource.secret_columns == {"agent_ssn"}


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Agency NPN", "agency_npn"),
        ("First Name", "first_name"),
        ("Last Name", "last_name"),
        ("Agent NPN", "agent_npn"),
        ("NPN", "agent_npn"),
        ("Agent Email", "agent_email"),
        ("Email", "agent_email"),
        ("Agent SSN", "agent_ssn"),
        ("SSN", "agent_ssn"),
        ("LOA category", "loa_category"),
        ("LOA Categories", "loa_category"),
        ("States", "states"),
        ("State(s)", "states"),
        ("Scorecard Type", "scorecard_type"),
        ("Agent Type", "agent_type"),
        ("CoCode(s)", "cocodes"),
        ("CoCodes", "cocodes"),
        ("CoCode", "cocodes"),
        ("EXTERNAL-ID", "external_id"),
        ("agency_name", "agency_name"),
    ],
)
def test_headers_go_by_the_synonyms_of_the_contract(header, column):
    assert match([header], AGENT.resource, remembered={}).columns == [column]


@pytest.mark.parametrize("text", ["OR;CA", "or; ca", "CA|OR", "CA,OR", "OR;;CA;", "OR\nCA", "OR;CA;or"])
def test_lists_are_separated_in_any_of_the_ways_of_the_contract(text):
    assert value("states", text) == ("CA", "OR")


@pytest.mark.parametrize("text", ["ALL", "all", "CA;All"])
def test_all_states_may_be_said_in_a_word(text):
    assert value("states", text) == ("ALL",)


def test_only_separators_are_no_list():
    assert fault("states", " ; | ") == "malformed"


@pytest.mark.parametrize("text", ["personal_lines;life", "Personal Lines; LIFE", "life|personal-lines"])
def test_categories_go_by_slug_or_label_whatever_their_case(text):
    assert value("loa_category", text) == ("life", "personal_lines")


def test_an_unknown_category_is_named():
    assert fault("loa_category", "life;crypto") == "unknown_category"


def test_not_applicable_is_no_category_to_assign():
    assert fault("loa_category", "not_applicable") == "unknown_category"


@pytest.mark.parametrize(
    "text", ["license_and_appointment", "License & appointment", "LICENSE AND APPOINTMENT"]
)
def test_scorecard_types_go_by_value_or_label(text):
    assert value("scorecard_type", text) == "license_and_appointment"


@pytest.mark.parametrize(("text", "meant"), [("Producer", "producer"), ("surplus lines", "surplus")])
def test_agent_types_go_by_value_or_label(text, meant):
    assert value("agent_type", text) == meant


@pytest.mark.parametrize("column", ["scorecard_type", "agent_type"])
def test_what_is_no_choice_is_refused_with_the_choices(column):
    assert fault(column, "other") == "unknown"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("253", ("00253",)), ("77001; 0253", ("00253", "77001")), ('="0253"; ="77001"', ("00253", "77001"))],
)
def test_zeros_that_a_cocode_lost_are_put_back(text, meant):
    assert value("cocodes", text) == meant


@pytest.mark.parametrize("text", ["770011", "Heron", "77.1", "٧٧"])
def test_a_cocode_has_at_most_five_digits(text):
    assert fault("cocodes", text) == "malformed"


@pytest.mark.parametrize("text", ["1", "0012345678", "1234567890"])
def test_an_npn_is_kept_as_it_is(text):
    assert value("agent_npn", text) == text


@pytest.mark.parametrize("text", ["12345678901", "12 34", "NPN1", "0", "٣٤", "\x00"])
def test_what_is_no_npn_is_refused(text):
    assert fault("agent_npn", text) == "malformed"


@pytest.mark.parametrize("text", ["123456789", "123-45-6789", "123 45 6789"])
def test_a_social_security_number_comes_with_or_without_dashes(text):
    assert value("agent_ssn", text) == "123456789"


@pytest.mark.parametrize("text", ["12345678", "000-12-3456", "666-12-3456", "900-12-3456", "nine"])
def test_a_number_that_was_never_issued_is_refused_and_never_repeated(text):
    assert fault("agent_ssn", text) == "malformed"
    _values, problems = AGENT.resource.read({"agent_ssn": text})
    [said] = [each for each in problems if each["column"] == "agent_ssn"]
    assert text not in said["message"]
    assert text not in said["value"]


def test_an_address_is_kept_in_lower_case():
    assert value("agent_email", "Ines@Example.COM") == "ines@example.com"


def test_a_wrong_address_is_refused():
    assert fault("agent_email", "ines at example") == "malformed"


def test_names_longer_than_their_column_are_refused():
    assert fault("first_name", "x" * 101) == "too_long"
    assert value("agency_name", "x" * 200) == "x" * 200


def test_a_template_offers_what_is_accepted(states, heron):
    offered = {
        name: [value for value, _meaning in column.accepted()]
        for name, column in AGENT.resource.columns.items()
        if column.accepted
    }
    assert offered == {
        "states": ["ALL", "CA", "OR", "TX"],
        "loa_category": [slug for slug, _label in CATEGORIES],
        "scorecard_type": ["license", "license_and_appointment"],
        "agent_type": ["producer", "adjuster", "surplus"],
        "cocodes": [heron],
    }


names = (
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=100)
    .map(str.strip)
    .filter(bool)
)
npns = st.integers(1, 9_999_999_999).map(str)
ssns = st.builds("{:03}{:02}{:04}".format, st.integers(1, 665), st.integers(1, 99), st.integers(1, 9999))
codes = st.sets(st.sampled_from([slug for slug, _label in CATEGORIES]), min_size=1).map(
    lambda s: tuple(sorted(s))
)
values_of_agents = st.fixed_dictionaries(
    {"agency_npn": npns, "first_name": names, "last_name": names, "agent_npn": npns},
    optional={
        "agency_name": names,
        "agent_email": st.emails().map(str.lower),
        "agent_ssn": ssns,
        "loa_category": codes,
        "states": st.one_of(
            st.just(("ALL",)),
            st.sets(st.sampled_from(["CA", "OR", "TX"]), min_size=1).map(lambda s: tuple(sorted(s))),
        ),
        "scorecard_type": st.sampled_from([value for value, _label in SCORECARD_TYPES]),
        "agent_type": st.sampled_from([value for value, _label in AGENT_TYPES]),
        "cocodes": st.sets(st.integers(0, 99_999).map("{:05}".format), min_size=1).map(
            lambda s: tuple(sorted(s))
        ),
        "external_id": names,
    },
)


@given(values_of_agents)
def test_values_written_as_texts_are_read_as_the_same_values(values):
    assert AGENT.resource.read(AGENT.resource.texts(values)) == (values, [])
