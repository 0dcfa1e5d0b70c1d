"""From a line to its categories, from a licence class to an agent type, and never beyond what is known."""

from __future__ import annotations

from datetime import date

import pytest

from rulebook.decision import Outcome
from rulebook.rules import license_agent_type, license_carries, line_category
from rulebook.rules.book import ClassValue, LineValue, RuleBook
from rulebook.rules.facts import LicenseFact, LineFact
from rulebook.rules.vocabulary import Confidence

BOOK = RuleBook.of(
    lines={("US", "16"): ["life"], ("US", "12"): ["property"], ("CA", "900"): ["life", "fraternal"]},
    names={
        ("US", "Accident & Health"): ["health"],
        ("TX", "Property and Casualty"): ["property", "casualty"],
    },
    classes={
        ("US", "Adjuster"): "adjuster",
        ("US", "Consultant"): "consultant",
        ("CA", "Surplus Lines Broker"): "surplus_lines",
        ("US", "Insurance Producer"): "producer",
    },
)


@pytest.mark.parametrize(
    ("state", "code", "name", "categories"),
    [
        ("NV", "16", "Life", {"life"}),
        ("CA", "900", "Part time fraternal", {"life", "fraternal"}),
        ("CO", "823", "Accident and Health", {"health"}),
        ("CO", "823", "ACCIDENT  &  HEALTH", {"health"}),
        ("TX", "108", "Property & Casualty", {"property", "casualty"}),
        ("OH", "108", "Property & Casualty", set()),
        ("NV", "900", "Part time fraternal", set()),
        ("CA", "3773", "ACCIDENT AND HEALTH AGENT", set()),
        ("SC", "101", "None", set()),
        ("SC", "16", "None", set()),
        ("GA", "1929", "Agency", set()),
        ("GA", "", "", set()),
    ],
)
def test_a_line_is_read_by_its_code_then_by_exactly_its_name(state, code, name, categories):
    assert BOOK.categories(state, code, name) == categories


def test_a_line_matched_by_name_is_marked_so():
    assert BOOK.line("CO", "823", "Accident and Health").confidence == Confidence.MATCHED_BY_NAME
    assert "matched by its name" in line_category.evaluate(BOOK, "CO", "823", "Accident and Health").text


def test_a_line_that_nobody_knows_says_so_and_how_to_mend_it():
    decision = line_category.evaluate(BOOK, "CA", "3773", "ACCIDENT AND HEALTH AGENT")
    assert decision.unknown
    assert decision.fix.code == "set_line_categories"


def test_a_line_named_none_has_no_category_and_needs_no_mending():
    decision = line_category.evaluate(BOOK, "SC", "101", "None")
    assert decision.failed
    assert decision.fix is None


def test_names_that_mean_several_things_in_a_state_give_no_category():
    rows = [
        LineValue("IA", "", "Financial", frozenset({"credit"}), kind="limited_lines"),
        LineValue("IA", "", "Financial", frozenset({"variable"}), kind="limited_lines"),
    ]
    book = RuleBook.from_parts(jurisdictions={}, rules={}, lines=rows, classes=[])
    assert book.categories("IA", "77", "Financial") == frozenset()


def test_the_producers_list_decides_a_name_that_adjusters_share():
    rows = [
        LineValue("AK", "", "Casualty", frozenset({"adjuster"}), kind="adjuster"),
        LineValue("AK", "", "Casualty", frozenset({"casualty"}), kind="producer"),
    ]
    book = RuleBook.from_parts(jurisdictions={}, rules={}, lines=rows, classes=[])
    assert book.categories("AK", "77", "Casualty") == {"casualty"}


def test_a_local_answer_about_one_code_says_nothing_of_another_with_its_name():
    local = LineValue(
        "CA", "900", "Odd line", frozenset({"life"}), overridden=True, author="Ada", reason="Bulletin"
    )
    book = RuleBook.from_parts(jurisdictions={}, rules={}, lines=[local], classes=[])
    assert book.categories("CA", "900", "Odd line") == {"life"}
    assert book.categories("CA", "901", "Odd line") == frozenset()
    assert line_category.evaluate(book, "CA", "900", "Odd line").override


def test_a_local_answer_of_no_category_outweighs_the_national_code():
    local = LineValue("CA", "16", "Life", overridden=True, author="Ada", reason="Bulletin")
    shipped = LineValue("US", "16", "Life", frozenset({"life"}))
    book = RuleBook.from_parts(jurisdictions={}, rules={}, lines=[local, shipped], classes=[])
    assert book.categories("CA", "16", "Life") == frozenset()
    assert line_category.evaluate(book, "CA", "16", "Life").failed


@pytest.mark.parametrize(
    ("class_name", "agent_type", "outcome"),
    [
        ("Insurance Producer", "producer", Outcome.INFO),
        ("ADJUSTER", "adjuster", Outcome.INFO),
        ("Surplus Lines Broker", "surplus", Outcome.INFO),
        ("Consultant", "other", Outcome.INFO),
        ("Crop Hail Adjuster", "adjuster", Outcome.INFO),
        ("Special Surplus Agent", "surplus", Outcome.INFO),
        ("NON RESIDENT PRODUCER", "producer", Outcome.INFO),
        ("Life Insurance Counselor", "other", Outcome.INFO),
        ("Viatical Settlement Broker", "other", Outcome.INFO),
        ("Resident Managing General Agent", "other", Outcome.INFO),
        ("MAJOR LINES", "producer", Outcome.UNKNOWN),
    ],
)
def test_an_agent_type_is_read_from_the_class_and_says_how(class_name, agent_type, outcome):
    held = LicenseFact("CA", "1", "5", class_name)
    decision = license_agent_type.evaluate(held, BOOK)
    assert (decision.facts["agent_type"], decision.outcome) == (agent_type, outcome)
    assert BOOK.agent_type("CA", "5", class_name) == agent_type


def test_a_class_without_name_is_read_by_its_code():
    book = RuleBook.from_parts(
        jurisdictions={}, rules={}, lines=[], classes=[ClassValue("SC", "4", "Adjuster", "adjuster")]
    )
    assert book.agent_type("SC", "4") == "adjuster"


def test_an_agent_type_that_the_license_states_itself_stands():
    held = LicenseFact("CA", "1", "5", "Insurance Producer", agent_type="surplus")
    assert license_agent_type.of(held, BOOK) == "surplus"


def test_a_license_carries_a_category_by_an_active_line():
    held = LicenseFact("CA", "1", lines=(LineFact("16", "Life", issue_date=date(2020, 1, 2)),))
    decision = license_carries.evaluate(held, "life", BOOK)
    assert decision.passed
    assert decision.text == "License 1 in CA carries Life since 2 Jan 2020."


def test_a_line_that_is_not_active_does_not_carry_its_category():
    held = LicenseFact("CA", "1", lines=(LineFact("16", "Life", active=False, status_reason="CE not met"),))
    decision = license_carries.evaluate(held, "life", BOOK)
    assert decision.failed
    assert "it is not active (CE not met)" in decision.text


def test_a_missing_line_names_the_lines_whose_category_is_not_known():
    held = LicenseFact("CA", "1", lines=(LineFact("3773", "ACCIDENT AND HEALTH AGENT"),))
    decision = license_carries.evaluate(held, "health", BOOK)
    assert decision.failed
    assert decision.facts["category_not_known"] == "ACCIDENT AND HEALTH AGENT"


def test_every_line_of_an_adjusters_license_is_an_adjusters_line_too():
    held = LicenseFact("CA", "1", class_name="Adjuster", lines=(LineFact("12", "Property"),))
    assert license_carries.evaluate(held, "adjuster", BOOK).passed
    assert license_carries.evaluate(held, "property", BOOK).passed
