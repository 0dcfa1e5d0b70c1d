"""The renewal window, late renewal and reinstatement, each at its edges and under dated rules."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rulebook.decision import Outcome
from rulebook.rules import late_renewal, reinstatement, renewal_opens, renewal_window
from rulebook.rules.book import RuleBook, RuleValue
from rulebook.rules.facts import LicenseFact

EXPIRES = date(2027, 3, 31)
HELD = LicenseFact("CA", "0A1", expiration_date=EXPIRES)
PERPETUAL = LicenseFact("FL", "F1", expiration_date=None)


def book(**rules: object) -> RuleBook:
    return RuleBook.of(
        {("CA", name): value for name, value in rules.items()}, jurisdictions={"CA": "California"}
    )


def local(value: int, starts: date | None, ends: date | None) -> RuleValue:
    return RuleValue(
        str(value),
        starts,
        ends,
        overridden=True,
        author="Ada Lindqvist",
        reason="Bulletin 2026-14",
        source="local",
    )


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        (EXPIRES - timedelta(days=91), Outcome.FAIL),
        (EXPIRES - timedelta(days=90), Outcome.PASS),
        (EXPIRES, Outcome.PASS),
        (EXPIRES + timedelta(days=1), Outcome.FAIL),
    ],
)
def test_the_window_is_open_from_its_first_day_through_the_day_of_expiration(as_of, outcome):
    assert renewal_window.evaluate(HELD, book(renewal_window_days=90), as_of).outcome is outcome


def test_a_window_of_no_days_is_open_on_the_day_of_expiration_only():
    nothing = book(renewal_window_days=0)
    assert renewal_window.evaluate(HELD, nothing, EXPIRES).passed
    assert renewal_window.evaluate(HELD, nothing, EXPIRES - timedelta(days=1)).failed


def test_a_blank_window_is_not_known_and_says_so():
    decision = renewal_window.evaluate(HELD, book(), EXPIRES)
    assert decision.unknown
    assert decision.text == "The renewal window of California is not known."
    assert decision.fix.code == "add_rule"


def test_a_perpetual_license_is_never_renewed():
    assert renewal_window.evaluate(PERPETUAL, book(), EXPIRES).failed
    assert renewal_opens.opens_on(PERPETUAL, book(), EXPIRES) is None


@pytest.mark.parametrize(
    ("as_of", "overridden", "outcome"),
    [
        (date(2026, 11, 30), False, Outcome.FAIL),
        (date(2026, 12, 1), True, Outcome.PASS),
        (date(2026, 12, 31), True, Outcome.PASS),
        (date(2027, 1, 1), False, Outcome.PASS),
    ],
)
def test_a_local_rule_changes_the_days_of_its_period_and_no_others(as_of, overridden, outcome):
    rules = book(renewal_window_days=[local(150, date(2026, 12, 1), date(2026, 12, 31)), RuleValue("90")])
    decision = renewal_window.evaluate(HELD, rules, as_of)
    assert (decision.override, decision.outcome) == (overridden, outcome)


def test_a_decision_by_a_local_rule_names_its_author_and_reason():
    rules = book(renewal_window_days=[local(150, date(2026, 12, 1), date(2026, 12, 31))])
    decision = renewal_window.evaluate(HELD, rules, date(2026, 12, 5))
    assert decision.source == "Local rule by Ada Lindqvist: Bulletin 2026-14"
    assert (decision.effective_from, decision.effective_to) == (date(2026, 12, 1), date(2026, 12, 31))


def test_the_opening_day_is_the_window_before_expiration():
    opens, _ = renewal_opens.opens_on(HELD, book(renewal_window_days=90), date(2026, 11, 21))
    assert opens == date(2026, 12, 31)


def test_a_local_rule_that_begins_later_opens_the_window_on_its_first_day():
    rules = book(renewal_window_days=[local(150, date(2026, 12, 10), date(2026, 12, 20)), RuleValue("90")])
    opens, rule = renewal_opens.opens_on(HELD, rules, date(2026, 11, 21))
    assert opens == date(2026, 12, 10)
    assert rule.overridden


def test_a_local_rule_that_shortens_the_window_puts_the_opening_off():
    rules = book(renewal_window_days=[local(10, date(2026, 12, 1), date(2027, 2, 1)), RuleValue("90")])
    opens, rule = renewal_opens.opens_on(HELD, rules, date(2026, 11, 21))
    assert opens == date(2027, 2, 2)
    assert not rule.overridden


def test_the_opening_day_agrees_with_the_window_rule_day_by_day():
    rules = book(renewal_window_days=[local(150, date(2026, 12, 10), date(2026, 12, 12)), RuleValue("90")])
    as_of = date(2026, 11, 21)
    opens, _ = renewal_opens.opens_on(HELD, rules, as_of)
    walked = next(
        day
        for day in (as_of + timedelta(days=count) for count in range(200))
        if renewal_window.evaluate(HELD, rules, day).passed
    )
    assert opens == walked


def test_an_unknown_window_has_no_opening_day():
    decision = renewal_opens.evaluate(HELD, book(), date(2026, 11, 21))
    assert decision.unknown


@pytest.mark.parametrize(
    ("days_after", "outcome"),
    [(0, Outcome.FAIL), (1, Outcome.PASS), (30, Outcome.PASS), (31, Outcome.FAIL)],
)
def test_late_renewal_counts_from_the_day_after_expiration_to_its_last_day(days_after, outcome):
    decision = late_renewal.evaluate(HELD, book(late_renewal_days=30), EXPIRES + timedelta(days=days_after))
    assert decision.outcome is outcome


def test_a_state_without_late_renewal_says_so():
    decision = late_renewal.evaluate(HELD, book(late_renewal_days=0), EXPIRES + timedelta(days=1))
    assert decision.failed
    assert "California takes no late renewals" in decision.text


@pytest.mark.parametrize("rule", [late_renewal, reinstatement])
def test_a_blank_limit_is_not_known(rule):
    assert rule.evaluate(HELD, book(), EXPIRES + timedelta(days=1)).unknown


@pytest.mark.parametrize(
    ("days_after", "outcome"),
    [(0, Outcome.FAIL), (1, Outcome.PASS), (365, Outcome.PASS), (366, Outcome.FAIL)],
)
def test_reinstatement_counts_from_the_day_of_expiration(days_after, outcome):
    decision = reinstatement.evaluate(
        HELD, book(reinstatement_days=365), EXPIRES + timedelta(days=days_after)
    )
    assert decision.outcome is outcome
