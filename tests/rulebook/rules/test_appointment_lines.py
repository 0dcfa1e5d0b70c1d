"""From categories to the lines that the organisation does business in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.rules.appointment_lines import pick, supported_lines
from rulebook.rules.book import LineValue, RuleBook
from rulebook.rules.facts import BusinessRuleFact
from rulebook.rules.vocabulary import LoaCategory

SICKNESS = "Accident & Health or Sickness (including Disability)"
LINES = {
    ("US", "16"): ("Life", {"life"}),
    ("CA", "935"): (SICKNESS, {"health"}),
    ("CA", "936"): ("Health and Sickness (excluding Disability)", {"health"}),
    ("CA", "900"): ("Part time fraternal", {"life", "fraternal"}),
    ("CA", "950"): ("Motor Club", {"not_applicable"}),
    ("CA", "951"): ("Pet funerals", set()),
    ("CA", "12"): ("Property", {"property"}),
    ("CA", "80"): ("Crop", {"property"}),
}
BOOK = RuleBook.from_parts(
    jurisdictions={"CA": "California"},
    rules={},
    lines=[LineValue(place, code, name, frozenset(words)) for (place, code), (name, words) in LINES.items()],
    classes=[],
)
RULES = [
    *(BusinessRuleFact("CA", code) for code in ("16", "935", "936", "900", "950", "951")),
    BusinessRuleFact("CA", "12", active=False),
    BusinessRuleFact("CA", "80", "adjuster"),
    BusinessRuleFact("TX", "16", license_class_codes=frozenset({"3"})),
]


def wanted(*asked, state="CA", agent_type="producer"):
    return pick(supported_lines(BOOK, RULES, state, agent_type), asked)


def codes(found):
    return [line.loa_code for line in found.lines]


def test_a_category_becomes_every_active_line_of_it():
    assert codes(wanted("health")) == ["935", "936"]


def test_california_has_four_lines_of_life_and_health():
    found = wanted("life", "health")
    assert {line.loa for line in found.lines} == {
        "Life",
        SICKNESS,
        "Health and Sickness (excluding Disability)",
        "Part time fraternal",
    }
    assert found.unknown == ()


def test_a_line_of_two_categories_comes_once_and_is_filed_under_the_first_asked_for():
    assert codes(wanted("life", "fraternal")) == ["16", "900"]
    filed = {line.loa_code: line.category for line in wanted("fraternal", "life").lines}
    assert filed == {"900": "fraternal", "16": "life"}


def test_a_line_keeps_all_its_categories():
    (line,) = wanted("fraternal").lines
    assert line.categories == {"life", "fraternal"}


@pytest.mark.parametrize("value", ["900", "Part time fraternal", "part-time FRATERNAL", " 900 "])
def test_a_code_or_a_name_is_taken_as_that_line_and_put_in_its_category(value):
    (line,) = wanted(value).lines
    assert (line.loa_code, line.category) == ("900", "life")


def test_a_line_that_is_filed_under_not_applicable_is_asked_for_by_its_name():
    (line,) = wanted("Motor Club").lines
    assert line.category == LoaCategory.NOT_APPLICABLE


def test_a_line_whose_category_is_not_known_is_asked_for_by_its_code_and_filed_under_none():
    (line,) = wanted("951").lines
    assert (line.loa, line.category, line.categories) == ("Pet funerals", "", frozenset())


def test_a_name_that_is_no_slug_of_a_category_is_a_line():
    assert codes(wanted("Life")) == ["16"]
    assert wanted("Health").unknown == ("Health",)


@pytest.mark.parametrize("value", ["12", "Property", "80", "nonsense", "", "  "])
def test_a_value_that_is_neither_category_nor_supported_line_is_reported(value):
    found = wanted("life", value, value)
    assert codes(found) == ["16", "900"]
    assert found.unknown == (value,)


def test_a_category_without_active_line_gives_none_and_is_not_unknown():
    assert wanted("property", "travel") == wanted()


def test_lines_of_another_agent_type_are_not_asked_for():
    assert codes(wanted("property", agent_type="adjuster")) == ["80"]
    assert codes(wanted("property")) == []


def test_every_line_of_an_adjusters_business_is_an_adjusters():
    (line,) = wanted("adjuster", agent_type="adjuster").lines
    assert (line.loa_code, line.category) == ("80", "adjuster")


def test_a_line_carries_the_license_classes_of_its_rule():
    assert wanted("life", state="TX").lines[0].license_class_codes == {"3"}
    assert wanted("life").lines[0].license_class_codes is None


def test_a_line_with_two_rules_comes_once():
    twice = [*RULES, BusinessRuleFact("CA", "16", license_class_codes=frozenset({"9"}))]
    assert len(pick(supported_lines(BOOK, twice, "CA", "producer"), ["16", "life"]).lines) == 2


asked = st.lists(st.sampled_from([*LoaCategory, "16", "Life", "900", "12", "nonsense"]), max_size=6)


@given(asked, st.sampled_from(["CA", "TX", "NV"]), st.sampled_from(["producer", "adjuster", "surplus"]))
def test_every_line_comes_once_and_is_one_of_those_supported(values, state, agent_type):
    supported = supported_lines(BOOK, RULES, state, agent_type)
    found = pick(supported, values)
    assert len(set(codes(found))) == len(found.lines)
    assert set(codes(found)) <= {line.loa_code for line in supported}
    assert all(line.category in line.categories or not line.categories for line in found.lines)


@given(asked, asked)
def test_asking_for_more_never_takes_a_line_away(some, more):
    supported = supported_lines(BOOK, RULES, "CA", "producer")
    assert set(codes(pick(supported, some))) <= set(codes(pick(supported, [*some, *more])))


@given(asked)
def test_every_value_gives_lines_or_is_a_category_or_is_reported(values):
    found = wanted(*values)
    for value in values:
        assert value in set(LoaCategory) or (value in found.unknown) != bool(wanted(value).lines)
