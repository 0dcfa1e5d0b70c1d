"""May it be terminated: each code alone and all in pairs, reasons by state, dates at their limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.rules.book import RuleBook, RuleValue
from rulebook.rules.facts import OpenTransactionFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.reasons import ReasonBook, ReasonFact
from rulebook.rules.termination_eligibility import (
    TerminationCode as Code,
)
from rulebook.rules.termination_eligibility import (
    TerminationQuestion,
    judge_termination,
)
from tests.rulebook.rules.cast import APPOINTED, PRODUCER, RECORDED

TODAY = date(2026, 11, 21)
BOOK = RuleBook.of(
    {
        ("CA", "backdate_termination_days"): "30",
        ("AL", "backdate_termination_days"): "0",
        ("AL", "termination_document_reasons"): "COMPANY_INDEBTEDNESS",
        ("GA", "termination_date_rule"): "date supplied (no stated limit)",
    },
    jurisdictions={"CA": "California", "AL": "Alabama", "GA": "Georgia", "DC": "District of Columbia"},
)
REASONS = ReasonBook(
    reasons={
        fact.slug: fact
        for fact in (
            ReasonFact("VOLUNTARY", "Voluntary termination", "no"),
            ReasonFact("DEATH", "Death", "no"),
            ReasonFact("COMPANY_INDEBTEDNESS", "Company indebtedness", "review"),
            ReasonFact("CANCELLED_FOR_CAUSE", "Cancelled for cause", "yes"),
            ReasonFact("PAPER_FOR_CAUSE", "C (mark on a paper form)", "yes"),
            ReasonFact("NOT_REQUIRED", "(state takes no reason code)"),
        )
    },
    lists={
        "CA": RuleValue("VOLUNTARY|COMPANY_INDEBTEDNESS|CANCELLED_FOR_CAUSE", source="Cal. Ins. Code"),
        "AL": RuleValue("VOLUNTARY|DEATH|COMPANY_INDEBTEDNESS"),
        "DC": RuleValue("NOT_REQUIRED"),
    },
)
HELD = replace(
    PRODUCER, appointments=tuple(replace(APPOINTED, state=state) for state in ("CA", "AL", "GA", "DC"))
)
UNDER_WAY = OpenTransactionFact(
    "termination", "CA", "77001", "16", status="queued", number="GT-00000031", loa="Life"
)
ASKED = TerminationQuestion("CA", "77001", "16", "Life", reason="VOLUNTARY")


def judged(asked=ASKED, facts=HELD, reasons=REASONS, today=TODAY, tracked=True, book=BOOK):
    return judge_termination(
        asked, Holdings(facts, book, today), "Heron Life", reasons, today, tracked=tracked
    )


def days_ago(days, state="CA"):
    return replace(ASKED, state=state, effective_date=TODAY - timedelta(days=days))


def test_nothing_in_the_way_is_in_good_standing_and_tells_the_appointment():
    verdict = judged()
    assert verdict.eligible
    assert verdict.appointment == HELD.appointments[0]
    assert (verdict.reason_slug, verdict.for_cause, verdict.documents_required) == ("VOLUNTARY", False, False)


SPOILT = {
    Code.NPN_NOT_ACTIVE: {"tracked": False},
    Code.NO_ACTIVE_APPOINTMENT: {"appointments": ()},
    Code.DUPLICATE_TRANSACTION: {"open_transactions": (UNDER_WAY,)},
    Code.REASON_REQUIRED: {"reason": ""},
    Code.REASON_NOT_ACCEPTED: {"reason": "DEATH"},
    Code.FUTURE_DATE_NOT_ACCEPTED: {"effective_date": TODAY + timedelta(days=1)},
    Code.BACKDATED_TOO_FAR: {"effective_date": TODAY - timedelta(days=31)},
}


def spoilt(*codes):
    """Later words win, so that of two reasons or two dates the one that is given first stands."""
    words = {}
    for code in reversed(codes):
        words |= SPOILT[code]
    asked = {name: words[name] for name in ("reason", "effective_date") if name in words}
    facts = {name: words[name] for name in ("appointments", "open_transactions") if name in words}
    return judged(replace(ASKED, **asked), replace(HELD, **facts), tracked=words.get("tracked", True))


@pytest.mark.parametrize("code", SPOILT)
def test_each_code_alone(code):
    verdict = spoilt(code)
    assert verdict.reason is code
    assert not verdict.eligible
    assert verdict.text
    assert verdict.decisions[-1].failed
    assert verdict.fix is not None


@pytest.mark.parametrize(("first", "second"), list(combinations(SPOILT, 2)))
def test_of_two_codes_the_first_is_given(first, second):
    assert spoilt(first, second).reason is first


# The appointment


@pytest.mark.parametrize(
    "change",
    [
        {"state": "TX"},
        {"cocode": "77002"},
        {"loa_code": "935", "loa": "Health"},
        {"county": "001"},
        {"loa_code": "", "loa": ""},
    ],
)
def test_an_appointment_of_another_key_is_none(change):
    verdict = judged(replace(ASKED, **change))
    assert verdict.reason is Code.NO_ACTIVE_APPOINTMENT
    assert verdict.appointment is None


def test_an_appointment_that_has_ended_is_none():
    ended = replace(HELD, appointments=(replace(APPOINTED, status="terminated"),))
    assert judged(facts=ended).reason is Code.NO_ACTIVE_APPOINTMENT


def test_an_appointment_is_found_by_its_name_where_it_has_no_code():
    facts = replace(HELD, appointments=(replace(APPOINTED, loa_code="", loa="LIFE"),))
    assert judged(facts=facts).eligible
    assert judged(replace(ASKED, loa="Health"), facts).reason is Code.NO_ACTIVE_APPOINTMENT


def test_an_appointment_without_line_is_asked_for_without_line():
    facts = replace(HELD, appointments=(replace(APPOINTED, loa_code="", loa=""),))
    assert judged(replace(ASKED, loa_code="", loa=""), facts).eligible
    assert judged(facts=facts).reason is Code.NO_ACTIVE_APPOINTMENT


def test_an_appointment_without_cocode_is_found_by_the_companys_fein():
    facts = replace(HELD, appointments=(replace(APPOINTED, cocode="", fein="000000771"),))
    assert judged(replace(ASKED, fein="000000771"), facts).eligible
    assert judged(facts=facts).reason is Code.NO_ACTIVE_APPOINTMENT


def test_one_that_is_recorded_here_alone_is_not_terminated_but_closed():
    facts = replace(HELD, appointments=(), open_transactions=(RECORDED,))
    verdict = judged(facts=facts)
    assert verdict.reason is Code.NO_ACTIVE_APPOINTMENT
    assert "GT-00000007" in verdict.decisions[-1].text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, Code.DUPLICATE_TRANSACTION),
        ({"loa_code": "935", "loa": "Health"}, Code.IN_GOOD_STANDING),
        ({"county": "001"}, Code.IN_GOOD_STANDING),
        ({"kind": "appointment"}, Code.IN_GOOD_STANDING),
        ({"state": "TX"}, Code.IN_GOOD_STANDING),
    ],
)
def test_a_termination_under_way_stops_a_second_one_of_the_same_key(change, code):
    verdict = judged(facts=replace(HELD, open_transactions=(replace(UNDER_WAY, **change),)))
    assert verdict.reason is code
    assert ("GT-00000031" in verdict.decisions[-1].text) is (code is Code.DUPLICATE_TRANSACTION)


# Reasons


@pytest.mark.parametrize(
    "given", ["VOLUNTARY", "voluntary", "Voluntary termination", "VOLUNTARY TERMINATION "]
)
def test_a_reason_is_known_by_slug_and_by_label(given):
    assert judged(replace(ASKED, reason=given)).reason_slug == "VOLUNTARY"


@pytest.mark.parametrize("given", ["DEATH", "He left", "PAPER_FOR_CAUSE", "NOT_REQUIRED"])
def test_a_reason_that_the_state_does_not_list_is_not_accepted_and_those_it_takes_are_told(given):
    verdict = judged(replace(ASKED, reason=given))
    assert verdict.reason is Code.REASON_NOT_ACCEPTED
    assert "California takes Voluntary termination, Company indebtedness" in verdict.decisions[-1].text
    assert verdict.decisions[-1].source == "Cal. Ins. Code"


def test_a_blank_reason_takes_the_default_of_the_state():
    reasons = replace(REASONS, defaults={"CA": "VOLUNTARY", "AL": "DEATH"})
    assert judged(replace(ASKED, reason=" "), reasons=reasons).reason_slug == "VOLUNTARY"


def test_a_default_that_the_state_does_not_take_is_not_accepted():
    reasons = replace(REASONS, defaults={"CA": "DEATH"})
    assert judged(replace(ASKED, reason=""), reasons=reasons).reason is Code.REASON_NOT_ACCEPTED


@pytest.mark.parametrize("given", ["", "VOLUNTARY", "nonsense"])
def test_a_state_that_takes_no_reason_is_sent_none(given):
    verdict = judged(replace(ASKED, state="DC", reason=given))
    assert (verdict.eligible, verdict.reason_slug) == (True, "")


def test_for_cause_is_looked_at_by_a_second_person_where_the_state_takes_no_reason_too():
    verdict = judged(replace(ASKED, state="DC", reason="CANCELLED_FOR_CAUSE"))
    assert (verdict.for_cause, verdict.reason_slug) == (True, "")


def test_a_state_whose_reasons_are_not_known_takes_any_known_one_and_says_so():
    verdict = judged(replace(ASKED, state="GA"))
    assert verdict.reason_slug == "VOLUNTARY"
    assert any("is not known" in decision.text and decision.unknown for decision in verdict.decisions)


@pytest.mark.parametrize("given", ["He left", "PAPER_FOR_CAUSE", "NOT_REQUIRED"])
def test_a_state_whose_reasons_are_not_known_takes_nothing_that_no_state_takes(given):
    assert judged(replace(ASKED, state="GA", reason=given)).reason is Code.REASON_NOT_ACCEPTED


def test_a_state_whose_reasons_are_not_known_is_asked_with_a_reason():
    assert judged(replace(ASKED, state="GA", reason="")).reason is Code.REASON_REQUIRED


def test_only_reasons_that_the_state_takes_are_offered():
    assert [reason.slug for reason in REASONS.offered("AL")] == ["VOLUNTARY", "DEATH", "COMPANY_INDEBTEDNESS"]
    assert REASONS.offered("DC") == ()
    assert REASONS.accepted("GA") is None
    assert {reason.slug for reason in REASONS.offered("GA")} == {
        "VOLUNTARY",
        "DEATH",
        "COMPANY_INDEBTEDNESS",
        "CANCELLED_FOR_CAUSE",
    }


# For cause


@pytest.mark.parametrize(
    ("state", "reason", "for_cause", "documents", "first"),
    [
        ("CA", "VOLUNTARY", False, False, False),
        ("CA", "CANCELLED_FOR_CAUSE", True, True, False),
        ("CA", "COMPANY_INDEBTEDNESS", True, False, False),
        ("AL", "COMPANY_INDEBTEDNESS", True, True, True),
        ("AL", "DEATH", False, False, False),
    ],
)
def test_for_cause_wants_a_second_person_and_its_documents(state, reason, for_cause, documents, first):
    verdict = judged(replace(ASKED, state=state, reason=reason))
    assert verdict.eligible
    assert (verdict.for_cause, verdict.documents_required) == (for_cause, documents)
    assert verdict.documents_first == first
    assert verdict.reason == (Code.DOCUMENTS_REQUIRED if documents else Code.IN_GOOD_STANDING)


def test_where_nobody_knows_whether_documents_are_wanted_the_verdict_says_so():
    verdict = judged(replace(ASKED, reason="COMPANY_INDEBTEDNESS"))
    assert verdict.decisions[-1].unknown
    assert verdict.decisions[-1].rule == "termination_documents"


# Dates


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (days_ago(0), Code.IN_GOOD_STANDING),
        (days_ago(30), Code.IN_GOOD_STANDING),
        (days_ago(31), Code.BACKDATED_TOO_FAR),
        (days_ago(-1), Code.FUTURE_DATE_NOT_ACCEPTED),
        (days_ago(0, "AL"), Code.BACKDATING_NOT_ACCEPTED),
        (days_ago(1, "AL"), Code.BACKDATING_NOT_ACCEPTED),
        (days_ago(-1, "AL"), Code.FUTURE_DATE_NOT_ACCEPTED),
        (replace(ASKED, state="AL"), Code.IN_GOOD_STANDING),
    ],
)
def test_a_date_is_taken_within_the_days_of_the_state(asked, code):
    assert judged(asked).reason is code


def test_a_date_where_the_limit_is_not_known_is_taken_and_the_verdict_says_so():
    verdict = judged(days_ago(900, "GA"))
    assert verdict.eligible
    told = next(decision for decision in verdict.decisions if decision.rule == "termination_backdating")
    assert told.unknown
    assert "no stated limit" in told.text


def test_a_limit_that_changes_is_asked_of_the_day_of_the_request():
    rules = [RuleValue("30", None, TODAY), RuleValue("0", TODAY + timedelta(days=1))]
    book = BOOK.with_rules({("CA", "backdate_termination_days"): rules})
    assert judged(days_ago(1), book=book).eligible
    tomorrow = judged(days_ago(1), book=book, today=TODAY + timedelta(days=1))
    assert tomorrow.reason is Code.BACKDATING_NOT_ACCEPTED


# Whatever is asked

questions = st.builds(
    TerminationQuestion,
    state=st.sampled_from(["CA", "AL", "GA", "DC"]),
    cocode=st.just("77001"),
    loa_code=st.sampled_from(["16", "935"]),
    reason=st.sampled_from(["", "VOLUNTARY", "DEATH", "Company indebtedness", "Cancelled for cause", "x"]),
    effective_date=st.none() | st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=3)),
)


@given(questions)
def test_judging_twice_says_the_same(asked):
    assert judged(asked) == judged(asked)


@given(questions)
def test_what_is_eligible_has_an_appointment_and_a_reason_that_the_state_takes(asked):
    verdict = judged(asked)
    assert verdict.eligible is (verdict.appointment is not None)
    known = REASONS.accepted(asked.state)
    if verdict.eligible and known:
        assert verdict.reason_slug in {reason.slug for reason in known}
    if verdict.eligible and asked.effective_date:
        assert asked.state != "AL"
        assert asked.effective_date <= TODAY


@given(questions)
def test_a_termination_without_date_is_never_refused_for_its_date(asked):
    refused = judged(replace(asked, effective_date=None)).reason
    assert refused not in {
        Code.FUTURE_DATE_NOT_ACCEPTED,
        Code.BACKDATING_NOT_ACCEPTED,
        Code.BACKDATED_TOO_FAR,
    }


@given(questions)
def test_what_is_for_cause_never_goes_without_a_second_person(asked):
    verdict = judged(asked)
    if verdict.eligible and "cause" in asked.reason.lower():
        assert verdict.for_cause
        assert verdict.documents_required
