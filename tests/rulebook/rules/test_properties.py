"""What holds of the rules whatever the facts: they repeat themselves, and days outside a period do not matter."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rulebook.decision import Decision
from rulebook.rules import (
    fees,
    just_in_time,
    late_renewal,
    license_in_force,
    reinstatement,
    renewal_opens,
    renewal_window,
    state_appoints,
    termination_backdating,
    termination_documents,
    termination_for_cause,
    termination_not_future,
    termination_reason_accepted,
    termination_reason_given,
)
from rulebook.rules.book import RuleBook, RuleValue
from rulebook.rules.facts import LicenseFact
from rulebook.rules.reasons import ReasonBook, ReasonFact

days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
licenses = st.builds(
    LicenseFact,
    state=st.sampled_from(["CA", "TX"]),
    number=st.just("1"),
    active=st.booleans(),
    expiration_date=st.none() | days,
)
NUMBERS = (
    "renewal_window_days",
    "late_renewal_days",
    "reinstatement_days",
    "jit_days",
    "backdate_termination_days",
    "appointment_fee_usd",
    "appointment_fee_nonresident_usd",
)
INDEBTED = ReasonFact("COMPANY_INDEBTEDNESS", "Company indebtedness", "review")
REASONS = ReasonBook({INDEBTED.slug: INDEBTED}, {"CA": RuleValue(INDEBTED.slug, source="Cal. Ins. Code")})


@st.composite
def values(draw, words=None):
    starts, ends = draw(st.none() | days), draw(st.none() | days)
    if starts and ends and ends < starts:
        starts, ends = ends, starts
    value = draw(st.sampled_from(words)) if words else str(draw(st.integers(0, 400)))
    return RuleValue(value, starts, ends, overridden=draw(st.booleans()), author="Ada", reason="Bulletin")


@st.composite
def books(draw):
    rules = {}
    for state in ("CA", "TX"):
        for field in NUMBERS:
            rules[state, field] = draw(st.lists(values(), max_size=3))
        rules[state, "jit_allowed"] = draw(
            st.lists(values(words=["yes", "no", "partial", "n/a"]), max_size=2)
        )
        rules[state, "termination_document_reasons"] = draw(
            st.lists(values(words=[INDEBTED.slug]), max_size=1)
        )
        rules[state, "appointment_fee_per_line"] = draw(st.lists(values(words=["yes", "no"]), max_size=1))
        rules[state, "appoints_firms"] = draw(st.lists(values(words=["yes", "no", "registry"]), max_size=2))
    return RuleBook.of(rules)


def every_decision(held: LicenseFact, book: RuleBook, as_of: date) -> list[Decision]:
    return [
        license_in_force.evaluate(held, as_of),
        *(
            rule.evaluate(held, book, as_of)
            for rule in (renewal_window, renewal_opens, late_renewal, reinstatement)
        ),
        state_appoints.evaluate(book, held.state, "firm", as_of),
        just_in_time.evaluate(book, held.state, as_of, ["life"]),
        just_in_time.appoint_by(book, held.state, as_of)[1],
        fees.appointment_fee(book, held.state, "NR", "firm", as_of).decision,
        fees.termination_fee(book, held.state, "R", "individual", as_of).decision,
        *decisions_about_a_termination(held, book, as_of),
    ]


def decisions_about_a_termination(held: LicenseFact, book: RuleBook, as_of: date) -> list[Decision]:
    state, given_date = held.state, held.expiration_date
    return [
        termination_reason_given.evaluate(book, state, INDEBTED.label, REASONS),
        termination_reason_accepted.evaluate(book, state, INDEBTED.label, REASONS, as_of),
        termination_not_future.evaluate(given_date, as_of),
        termination_backdating.evaluate(book, state, given_date, as_of),
        termination_for_cause.evaluate(INDEBTED),
        termination_documents.evaluate(book, state, INDEBTED, as_of),
    ]


@given(licenses, books(), days)
def test_evaluating_twice_says_the_same(held, book, as_of):
    assert every_decision(held, book, as_of) == every_decision(held, book, as_of)


@given(licenses, books(), days)
def test_a_book_that_was_sent_to_another_process_says_the_same(held, book, as_of):
    assert every_decision(held, pickle.loads(pickle.dumps(book)), as_of) == every_decision(held, book, as_of)


@given(licenses, books(), days, values(), st.sampled_from(NUMBERS))
def test_a_local_rule_outside_the_day_changes_nothing(held, book, as_of, extra, field):
    changed = book.with_rules({(held.state, field): [extra]})
    before, after = every_decision(held, book, as_of), every_decision(held, changed, as_of)
    if not extra.covers(as_of):
        # The opening day alone looks ahead, so it may well follow a rule that begins later.
        before.pop(2)
        after.pop(2)
        assert before == after


@given(licenses, books(), days)
def test_a_decision_is_the_same_after_it_was_stored(held, book, as_of):
    for decision in every_decision(held, book, as_of):
        assert Decision.from_dict(decision.as_dict()).as_dict() == decision.as_dict()


@given(licenses, books(), days)
def test_the_opening_day_is_the_first_day_the_window_is_open(held, book, as_of):
    found = renewal_opens.opens_on(held, book, as_of)
    if found is None:
        return
    opens, _ = found
    assert renewal_window.evaluate(held, book, opens).passed
    if opens > as_of:
        assert not renewal_window.evaluate(held, book, opens - timedelta(days=1)).passed


@given(books(), days, days, st.sampled_from(NUMBERS))
def test_periods_cover_the_days_once_and_agree_with_the_book(book, one, other, field):
    first, last = sorted((one, other))
    stretches = list(book.periods("CA", field, first, last))
    assert stretches[0][0] == first
    assert stretches[-1][1] == last
    for (_, end, _), (start, _, _) in pairwise(stretches):
        assert start == end + timedelta(days=1)
    for start, end, rule in stretches:
        assert book.value("CA", field, start) == rule == book.value("CA", field, end)
