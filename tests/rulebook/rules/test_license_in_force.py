"""In force: active, and not past its day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rulebook.decision import Outcome
from rulebook.rules import license_in_force
from rulebook.rules.facts import LicenseFact

EXPIRES = date(2027, 3, 31)


def a_license(**facts: object) -> LicenseFact:
    return LicenseFact(**{"state": "CA", "number": "0A1", "expiration_date": EXPIRES, **facts})


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        (EXPIRES - timedelta(days=1), Outcome.PASS),
        (EXPIRES, Outcome.PASS),
        (EXPIRES + timedelta(days=1), Outcome.FAIL),
    ],
)
def test_the_day_of_expiration_still_counts_and_the_next_does_not(as_of, outcome):
    assert license_in_force.evaluate(a_license(), as_of).outcome is outcome
    assert license_in_force.in_force(a_license(), as_of) is (outcome is Outcome.PASS)


def test_a_license_counts_from_the_day_it_is_issued():
    later = a_license(issue_date=date(2026, 3, 5))
    decision = license_in_force.evaluate(later, date(2026, 3, 4))
    assert (decision.outcome, decision.text) == (
        Outcome.FAIL,
        "License 0A1 in CA is issued on 5 Mar 2026, and not in force before.",
    )
    assert license_in_force.evaluate(later, date(2026, 3, 5)).passed
    assert not license_in_force.in_force(later, date(2026, 3, 4))


def test_a_license_without_expiration_date_never_expires():
    decision = license_in_force.evaluate(a_license(expiration_date=None), date(2199, 1, 1))
    assert decision.passed
    assert "does not expire" in decision.text


def test_a_license_that_is_not_active_is_not_in_force_before_its_day():
    decision = license_in_force.evaluate(a_license(active=False), EXPIRES)
    assert decision.failed
    assert decision.text == "License 0A1 in CA is not active."


def test_the_decision_carries_the_facts_with_their_dates():
    facts = license_in_force.evaluate(a_license(), EXPIRES).as_dict()["facts"]
    assert facts["expiration_date"] == "2027-03-31"
    assert facts["as_of"] == "2027-03-31"
