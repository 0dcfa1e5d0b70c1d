"""Whom a state appoints, and whether after the first business."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rulebook.decision import Outcome
from rulebook.rules import just_in_time, state_appoints
from rulebook.rules.book import RuleBook, RuleValue

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("value", "outcome"), [("yes", Outcome.PASS), ("no", Outcome.FAIL), ("registry", Outcome.INFO)]
)
@pytest.mark.parametrize(
    ("entity", "field"), [("individual", "appoints_individuals"), ("firm", "appoints_firms")]
)
def test_a_state_appoints_does_not_or_is_a_registry_state(entity, field, value, outcome):
    book = RuleBook.of({("AK", field): value})
    decision = state_appoints.evaluate(book, "AK", entity, DAY)
    assert decision.outcome is outcome
    assert state_appoints.answer(book, "AK", entity, DAY) == value


def test_a_state_that_appoints_individuals_says_nothing_of_firms():
    book = RuleBook.of({("WV", "appoints_individuals"): "yes"}, jurisdictions={"WV": "West Virginia"})
    decision = state_appoints.evaluate(book, "WV", "firm", DAY)
    assert decision.unknown
    assert decision.text == "Whether West Virginia appoints firms is not known."


def test_a_rule_that_ended_answers_only_its_own_days():
    rules = [
        RuleValue("registry", None, date(2025, 12, 31)),
        RuleValue("yes", date(2026, 1, 1)),
    ]
    book = RuleBook.of({("RI", "appoints_individuals"): rules})
    assert state_appoints.answer(book, "RI", "individual", date(2025, 12, 31)) == "registry"
    assert state_appoints.answer(book, "RI", "individual", date(2026, 1, 1)) == "yes"


@pytest.mark.parametrize(
    ("value", "outcome"), [("yes", Outcome.PASS), ("no", Outcome.FAIL), ("n/a", Outcome.FAIL)]
)
def test_just_in_time_follows_the_states_answer(value, outcome):
    book = RuleBook.of({("TX", "jit_allowed"): value, ("TX", "jit_days"): 30})
    assert just_in_time.evaluate(book, "TX", DAY).outcome is outcome


def test_just_in_time_names_the_days_when_they_are_known():
    book = RuleBook.of({("TX", "jit_allowed"): "yes", ("TX", "jit_days"): 30})
    assert "within 30 days" in just_in_time.evaluate(book, "TX", DAY).text


def test_just_in_time_by_a_local_limit_shows_the_local_rule():
    limit = RuleValue("45", overridden=True, author="Ada", reason="Bulletin")
    book = RuleBook.of({("TX", "jit_allowed"): "yes", ("TX", "jit_days"): [limit, RuleValue("30")]})
    assert just_in_time.evaluate(book, "TX", DAY).override


@pytest.mark.parametrize(
    ("categories", "outcome"),
    [
        (["life"], Outcome.PASS),
        (["life", "health"], Outcome.PASS),
        (["life", "property"], Outcome.FAIL),
        ([], Outcome.UNKNOWN),
    ],
)
def test_just_in_time_in_part_wants_every_category_covered(categories, outcome):
    book = RuleBook.of({("CA", "jit_allowed"): "partial", ("CA", "jit_categories"): "life|health"})
    assert just_in_time.evaluate(book, "CA", DAY, categories).outcome is outcome


def test_just_in_time_in_part_for_nobody_knows_what_is_not_known():
    book = RuleBook.of({("CA", "jit_allowed"): "partial"})
    assert just_in_time.evaluate(book, "CA", DAY, ["life"]).unknown


def test_just_in_time_that_is_blank_is_not_known():
    assert just_in_time.evaluate(RuleBook.of({}), "KS", DAY).unknown


@pytest.mark.parametrize(
    ("limit", "first", "last"),
    [(30, date(2026, 11, 21), date(2026, 12, 21)), (14, date(2026, 12, 25), date(2027, 1, 8))],
)
def test_a_just_in_time_appointment_is_due_so_many_days_after_the_first_business(limit, first, last):
    book = RuleBook.of({("TX", "jit_allowed"): "yes", ("TX", "jit_days"): limit})
    due, decision = just_in_time.appoint_by(book, "TX", first)
    assert due == last
    assert decision.passed


def test_the_limit_is_that_of_the_day_of_the_first_business():
    rules = [RuleValue("30", None, DAY), RuleValue("15", DAY + timedelta(days=1))]
    book = RuleBook.of({("TX", "jit_allowed"): "yes", ("TX", "jit_days"): rules})
    assert just_in_time.appoint_by(book, "TX", DAY)[0] == DAY + timedelta(days=30)
    assert just_in_time.appoint_by(book, "TX", DAY + timedelta(days=1))[0] == DAY + timedelta(days=16)


def test_a_limit_that_is_not_known_gives_no_day():
    due, decision = just_in_time.appoint_by(RuleBook.of({("TX", "jit_allowed"): "yes"}), "TX", DAY)
    assert due is None
    assert decision.unknown
    assert decision.fix.params["field"] == "jit_days"


@pytest.mark.parametrize("allowed", ["no", "n/a"])
def test_a_state_without_just_in_time_gives_no_day(allowed):
    book = RuleBook.of({("TX", "jit_allowed"): allowed, ("TX", "jit_days"): 30})
    due, decision = just_in_time.appoint_by(book, "TX", DAY)
    assert due is None
    assert decision.failed
