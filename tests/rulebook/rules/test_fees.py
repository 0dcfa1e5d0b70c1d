"""What a state takes: by residency and kind of producer, for each line or once, and never zero for not known."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.decision import Outcome
from rulebook.rules.book import RuleBook, RuleValue
from rulebook.rules.fees import appointment_fee, termination_fee

DAY = date(2026, 11, 21)
BOOK = RuleBook.of(
    {
        ("KY", "appointment_fee_usd"): "40",
        ("KY", "appointment_fee_nonresident_usd"): "50",
        ("KY", "appointment_fee_firm_usd"): "100",
        ("KY", "appointment_fee_firm_nonresident_usd"): "120",
        ("LA", "appointment_fee_usd"): "30",
        ("LA", "appointment_fee_firm_usd"): "100",
        ("SD", "appointment_fee_usd"): "10",
        ("SD", "appointment_fee_nonresident_usd"): "20",
        ("TX", "appointment_fee_usd"): "10",
        ("TX", "appointment_fee_per_line"): "yes",
        ("VA", "appointment_fee_usd"): "10",
        ("VA", "appointment_fee_nonresident_usd"): "7",
        ("VA", "appointment_fee_per_line"): "nonresidents",
        ("NC", "termination_fee_usd"): "10.50",
        ("NC", "termination_fee_per_line"): "yes",
        ("NY", "appointment_fee_usd"): "0",
        ("MT", "appointment_fee_per_line"): "yes",
        ("AL", "appointment_fee_usd"): [
            RuleValue("40", date(2026, 1, 1), source="Bulletin"),
            RuleValue("35", None, date(2025, 12, 31)),
        ],
    },
    jurisdictions={"KY": "Kentucky", "MT": "Montana", "TX": "Texas"},
)


@pytest.mark.parametrize(
    ("state", "residency", "entity", "cents", "per_line"),
    [
        ("KY", "R", "individual", 4000, False),
        ("KY", "NR", "individual", 5000, False),
        ("KY", "R", "firm", 10000, False),
        ("KY", "NR", "firm", 12000, False),
        ("LA", "NR", "firm", 10000, False),
        ("LA", "NR", "individual", 3000, False),
        ("SD", "NR", "firm", 2000, False),
        ("TX", "R", "individual", 1000, True),
        ("TX", "NR", "firm", 1000, True),
        ("VA", "R", "individual", 1000, False),
        ("VA", "NR", "individual", 700, True),
        ("NY", "R", "individual", 0, False),
        ("MT", "R", "individual", None, False),
    ],
)
def test_the_fee_is_the_narrowest_that_is_known(state, residency, entity, cents, per_line):
    fee = appointment_fee(BOOK, state, residency, entity, DAY)
    assert (fee.cents, fee.per_line) == (cents, per_line)


def test_a_fee_that_is_not_known_is_billed_by_the_state_and_can_be_said():
    fee = appointment_fee(BOOK, "MT", "R", "individual", DAY)
    assert fee.decision.outcome is Outcome.UNKNOWN
    assert fee.decision.text == "The appointment fee of Montana is not known: the state bills it."
    assert fee.decision.fix.params["field"] == "appointment_fee_usd"


def test_a_fee_tells_for_whom_it_is_and_how_it_counts():
    assert appointment_fee(BOOK, "TX", "R", "firm", DAY).decision.text == (
        "Texas takes $10.00 for an appointment, counted for each line."
    )
    assert appointment_fee(BOOK, "KY", "NR", "firm", DAY).decision.text == (
        "Kentucky takes $120.00 for an appointment of a non-resident firm."
    )
    assert appointment_fee(BOOK, "KY", "NR", "individual", DAY).decision.text == (
        "Kentucky takes $50.00 for an appointment of a non-resident producer."
    )


@pytest.mark.parametrize(
    ("day", "cents", "source"), [(date(2025, 12, 31), 3500, ""), (date(2026, 1, 1), 4000, "Bulletin")]
)
def test_a_fee_is_that_of_its_day(day, cents, source):
    fee = appointment_fee(BOOK, "AL", "R", "individual", day)
    assert (fee.cents, fee.decision.source) == (cents, source)


def test_a_termination_has_a_fee_of_its_own():
    fee = termination_fee(BOOK, "NC", "NR", "firm", DAY)
    assert (fee.cents, fee.per_line) == (1050, True)
    assert fee.decision.text == "NC takes $10.50 for a termination, counted for each line."
    assert termination_fee(BOOK, "KY", "R", "firm", DAY).cents is None


amounts = st.decimals(0, 100_000, places=2)


@given(amounts, st.sampled_from(["R", "NR"]), st.sampled_from(["individual", "firm"]))
def test_no_cent_is_lost(amount, residency, entity):
    book = RuleBook.of({("CA", "appointment_fee_usd"): str(amount)})
    assert appointment_fee(book, "CA", residency, entity, DAY).cents == amount * 100
