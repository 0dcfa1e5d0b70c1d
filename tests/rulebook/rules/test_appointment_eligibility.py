"""The dictionary of reasons: each alone, all in pairs, and what becomes of those that are recorded or wait."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.rules.appointment_eligibility import TEXTS, Reason, judge
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.book import RuleValue
from rulebook.rules.facts import CompanyFact, CompanyStateFact, LicenseFact, LineFact, ProducerFact
from rulebook.rules.holdings import Holdings
from tests.rulebook.rules.cast import (
    APPOINTED,
    ASKED,
    BOOK,
    HEALTH,
    HERON,
    OPEN,
    PRODUCER,
    RECORDED,
    TODAY,
    judged,
    license_,
)

YESTERDAY = TODAY - timedelta(days=1)
FIRM = replace(PRODUCER, entity_type="firm", licenses=(license_("FL"),))
IN_FLORIDA = replace(ASKED, state="FL")
KEEPS_INTERNAL = replace(HERON, create_internal_appointment=True)


@dataclass
class Case:
    """What is judged, to be spoiled in one way after the other."""

    facts: ProducerFact = PRODUCER
    company: CompanyFact | None = HERON
    asked: AppointmentQuestion = ASKED
    appoints: str = "yes"

    def verdict(self):
        book = BOOK.with_rules({("CA", "appoints_individuals"): [RuleValue(self.appoints)]})
        return judged(self.facts, self.company, self.asked, book=book)

    def company_with(self, **changes):
        self.company = self.company and replace(self.company, **changes)

    def facts_with(self, **changes):
        self.facts = replace(self.facts, **changes)

    def licenses_with(self, **changes):
        self.facts_with(licenses=tuple(replace(held, **changes) for held in self.facts.licenses))


SPOILT = {
    Reason.COCODE_NOT_FOUND: lambda case: setattr(case, "company", None),
    Reason.COMPANY_DOES_NOT_APPOINT_IN_STATE: lambda case: case.company_with(states={}),
    Reason.COMPANY_DOES_NOT_APPOINT_LOAS: lambda case: case.company_with(loa_categories=frozenset()),
    Reason.ENTITY_TYPE_NOT_APPOINTED: lambda case: setattr(case, "appoints", "no"),
    Reason.OUTSIDE_PRODUCER_ASSIGNMENT: lambda case: (
        case.company_with(requires_assignment=True),
        case.facts_with(assignments=()),
    ),
    # 7 goes before 6 when licenses exist and none is in force.
    Reason.REQUIRED_LICENSE_NOT_ACTIVE: lambda case: case.licenses_with(expiration_date=YESTERDAY),
    Reason.REQUIRED_LICENSE_NOT_FOUND: lambda case: case.licenses_with(lines=(HEALTH,)),
    Reason.NO_ACTIVE_RESIDENT_LICENSE: lambda case: case.licenses_with(residency="NR"),
    Reason.ALREADY_APPOINTED: lambda case: case.facts_with(appointments=(APPOINTED,)),
    Reason.DUPLICATE_TRANSACTION: lambda case: case.facts_with(open_transactions=(OPEN,)),
}


def spoilt(*reasons):
    case = Case()
    for reason in reasons:
        SPOILT[reason](case)
    return case.verdict()


def test_nothing_in_the_way_is_in_good_standing():
    assert Case().verdict().reason is Reason.IN_GOOD_STANDING


@pytest.mark.parametrize("reason", SPOILT)
def test_each_reason_alone(reason):
    verdict = spoilt(reason)
    assert verdict.reason is reason
    assert not verdict.eligible
    assert not verdict.recorded
    assert verdict.decisions


@pytest.mark.parametrize(("first", "second"), list(combinations(SPOILT, 2)))
def test_of_two_reasons_the_first_of_the_dictionary_is_given(first, second):
    assert spoilt(first, second).reason is first
    assert spoilt(second, first).reason is first


@given(st.sets(st.sampled_from(list(SPOILT)), min_size=1))
def test_of_any_reasons_the_first_of_the_dictionary_is_given(reasons):
    in_order = [reason for reason in SPOILT if reason in reasons]
    assert spoilt(*reasons).reason is in_order[0]


def test_a_missing_license_is_not_found_and_an_ended_one_not_active():
    assert judged(replace(PRODUCER, licenses=())).reason is Reason.REQUIRED_LICENSE_NOT_FOUND
    ended = replace(PRODUCER, licenses=(license_(expiration_date=YESTERDAY, lines=()),))
    assert judged(ended).reason is Reason.REQUIRED_LICENSE_NOT_ACTIVE


def test_a_license_of_another_agent_type_is_none():
    adjuster = replace(PRODUCER, licenses=(license_(agent_type="adjuster", active=False),))
    assert judged(adjuster).reason is Reason.REQUIRED_LICENSE_NOT_FOUND


@pytest.mark.parametrize(
    ("days", "reason"),
    [(0, Reason.IN_GOOD_STANDING), (1, Reason.REQUIRED_LICENSE_NOT_ACTIVE), (-1, Reason.IN_GOOD_STANDING)],
)
def test_a_license_counts_on_the_day_it_expires_and_not_on_the_next(days, reason):
    facts = replace(PRODUCER, licenses=(license_(expiration_date=TODAY),))
    assert judged(facts, as_of=TODAY + timedelta(days=days)).reason is reason


def test_a_license_without_expiration_date_never_expires():
    facts = replace(PRODUCER, licenses=(license_(expiration_date=None),))
    assert judged(facts, as_of=TODAY + timedelta(days=20_000)).eligible


def test_texts_are_those_of_the_dictionary():
    assert TEXTS[Reason.COCODE_NOT_FOUND] == "CoCode Not Found"
    text = "Heron Life does not appoint in the requested State: CA"
    assert spoilt(Reason.COMPANY_DOES_NOT_APPOINT_IN_STATE).text == text
    assert spoilt(Reason.ENTITY_TYPE_NOT_APPOINTED).text == "The state appoints agencies only for this class"


# The license that a line sits on


def test_of_several_licenses_that_carry_the_line_the_one_that_expires_last_is_taken():
    soon = license_(number="A", expiration_date=TODAY + timedelta(days=5))
    late = license_(number="B", expiration_date=TODAY + timedelta(days=500))
    later_without_the_line = license_(number="C", lines=(HEALTH,), expiration_date=None)
    facts = replace(PRODUCER, licenses=(soon, late, later_without_the_line))
    assert judged(facts).license.number == "B"


def test_a_license_whose_class_the_business_rules_do_not_name_does_not_carry_the_line():
    asked = replace(ASKED, license_class_codes=frozenset({"4"}))
    verdict = judged(asked=asked)
    assert verdict.reason is Reason.REQUIRED_LICENSE_NOT_FOUND
    assert "class 3" in verdict.decisions[-1].text
    assert verdict.fix.code == "edit_business_rules"


def test_of_two_licenses_the_one_of_the_class_carries_the_line_even_if_it_expires_first():
    soon = license_(number="A", class_code="4", expiration_date=TODAY)
    facts = replace(PRODUCER, licenses=(license_(), soon))
    verdict = judged(facts, asked=replace(ASKED, license_class_codes=frozenset({"4"})))
    assert verdict.license.number == "A"


def test_questions_about_several_classes_of_one_producer_do_not_share_an_answer():
    facts = replace(PRODUCER, licenses=(license_(number="A"), license_(number="B", class_code="4")))
    for code, number in (("3", "A"), ("4", "B")):
        asked = replace(ASKED, license_class_codes=frozenset({code}))
        assert judged(facts, asked=asked).license.number == number


def test_the_license_is_told_too_when_the_line_is_appointed_already():
    assert spoilt(Reason.ALREADY_APPOINTED).license.number == "CA-1"
    assert spoilt(Reason.REQUIRED_LICENSE_NOT_FOUND).license is None


# Held, under way, recorded


def test_an_open_transaction_is_named_by_its_number():
    verdict = spoilt(Reason.DUPLICATE_TRANSACTION)
    assert verdict.decisions[-1].text == "A request for it is under way: GT-00000012, ready to submit."
    assert verdict.fix.params["number"] == "GT-00000012"


@pytest.mark.parametrize(
    "other",
    [
        replace(OPEN, loa_code="935", loa="Health"),
        replace(OPEN, state="FL"),
        replace(OPEN, cocode="77002"),
        replace(OPEN, county="001"),
        replace(OPEN, kind="termination"),
    ],
)
def test_an_open_transaction_for_something_else_does_not_count(other):
    assert judged(replace(PRODUCER, open_transactions=(other,))).eligible


def test_what_is_recorded_is_appointed_already_and_not_under_way():
    verdict = judged(replace(PRODUCER, open_transactions=(RECORDED,)))
    assert verdict.reason is Reason.ALREADY_APPOINTED
    assert verdict.decisions[-1].text == "Recorded here as GT-00000007: nothing is filed for it."


def test_an_eligible_line_of_a_registry_state_is_recorded_and_waits_for_nothing():
    company = replace(HERON, states={"CO": CompanyStateFact(just_in_time=True)})
    facts = replace(PRODUCER, licenses=(license_("CO"),))
    verdict = judged(facts, company, replace(ASKED, state="CO"))
    assert (verdict.eligible, verdict.recorded, verdict.just_in_time) == (True, True, False)


def test_a_line_of_a_registry_state_that_is_not_eligible_is_not_recorded():
    verdict = judged(replace(PRODUCER, licenses=()), asked=replace(ASKED, state="CO"))
    assert (verdict.reason, verdict.recorded) == (Reason.REQUIRED_LICENSE_NOT_FOUND, False)


def test_an_internal_appointment_is_recorded_instead_of_refused():
    verdict = judged(FIRM, KEEPS_INTERNAL, IN_FLORIDA)
    assert (verdict.reason, verdict.recorded) == (Reason.ENTITY_TYPE_NOT_APPOINTED, True)
    assert not judged(FIRM, HERON, IN_FLORIDA).recorded


def test_an_internal_appointment_is_recorded_whatever_the_later_rules_would_say():
    bare = replace(FIRM, licenses=(), assignments=())
    company = replace(KEEPS_INTERNAL, requires_assignment=True)
    assert judged(bare, company, IN_FLORIDA).recorded


def test_a_company_that_does_not_appoint_in_the_state_records_nothing_there():
    company = replace(KEEPS_INTERNAL, states={})
    verdict = judged(FIRM, company, IN_FLORIDA)
    assert (verdict.reason, verdict.recorded) == (Reason.COMPANY_DOES_NOT_APPOINT_IN_STATE, False)


def test_an_internal_appointment_is_not_recorded_twice():
    facts = replace(FIRM, open_transactions=(replace(RECORDED, state="FL"),))
    verdict = judged(facts, KEEPS_INTERNAL, IN_FLORIDA)
    assert (verdict.reason, verdict.recorded) == (Reason.ALREADY_APPOINTED, False)


def test_an_internal_appointment_is_for_the_state_that_takes_the_others_alone():
    individual = replace(PRODUCER, licenses=(license_("FL"),))
    verdict = judged(individual, KEEPS_INTERNAL, IN_FLORIDA)
    assert (verdict.eligible, verdict.recorded) == (True, False)


# Just in time, and what is not known


@pytest.mark.parametrize(
    ("company", "state", "later"), [(True, "yes", True), (True, "no", False), (False, "yes", False)]
)
def test_just_in_time_needs_the_state_and_the_company(company, state, later):
    book = BOOK.with_rules({("CA", "jit_allowed"): [RuleValue(state)]})
    allowed = replace(HERON, states={"CA": CompanyStateFact(just_in_time=company)})
    assert judged(PRODUCER, allowed, book=book).just_in_time is later


def test_a_state_of_which_nobody_knows_whether_it_appoints_is_told_last():
    asked = replace(ASKED, state="PR")
    licensed = replace(PRODUCER, licenses=(license_("PR"),))
    assert judged(licensed, asked=asked).reason is Reason.STATE_RULE_NOT_KNOWN
    assert judged(asked=asked).reason is Reason.REQUIRED_LICENSE_NOT_FOUND


def test_a_line_whose_category_is_not_known_says_so_and_how_to_mend_it():
    odd = AppointmentQuestion("CA", "77001", frozenset(), loa_code="951", loa="Pet funerals")
    verdict = judged(asked=odd)
    assert verdict.reason is Reason.COMPANY_DOES_NOT_APPOINT_LOAS
    assert "category of Pet funerals is not known" in verdict.decisions[-1].text
    assert verdict.fix.code == "set_line_categories"


def test_a_rule_that_changes_between_two_days_is_asked_of_the_day():
    rules = [RuleValue("no", None, TODAY), RuleValue("yes", TODAY + timedelta(days=1))]
    book = BOOK.with_rules({("CA", "appoints_individuals"): rules})
    assert judged(book=book).reason is Reason.ENTITY_TYPE_NOT_APPOINTED
    assert judged(book=book, as_of=TODAY + timedelta(days=1)).eligible


# Whatever the facts

lines = st.lists(
    st.builds(LineFact, st.sampled_from(["16", "935", "12"]), st.just(""), st.booleans()), max_size=3
)
licenses = st.builds(
    LicenseFact,
    state=st.sampled_from(["CA", "FL", "CO"]),
    number=st.sampled_from("ABC"),
    class_code=st.sampled_from(["3", "4"]),
    class_name=st.just("Insurance Producer"),
    residency=st.sampled_from(["R", "NR"]),
    active=st.booleans(),
    expiration_date=st.sampled_from([None, YESTERDAY, TODAY, TODAY + timedelta(days=90)]),
    lines=lines.map(tuple),
)
producers = st.builds(
    ProducerFact,
    npn=st.just("1"),
    entity_type=st.sampled_from(["individual", "firm"]),
    licenses=st.lists(licenses, max_size=3).map(tuple),
    appointments=st.sampled_from([(), (APPOINTED,)]),
    open_transactions=st.sampled_from([(), (OPEN,), (RECORDED,)]),
)
questions = st.builds(
    AppointmentQuestion,
    state=st.sampled_from(["CA", "FL", "CO", "PR"]),
    cocode=st.just("77001"),
    categories=st.just(frozenset({"life"})),
    loa_code=st.just("16"),
    license_class_codes=st.sampled_from([None, frozenset({"3"}), frozenset()]),
)


@given(producers, questions, st.sampled_from([HERON, KEEPS_INTERNAL]))
def test_judging_twice_says_the_same(facts, asked, company):
    assert judged(facts, company, asked) == judged(facts, company, asked)


@given(producers, questions, st.sampled_from([HERON, KEEPS_INTERNAL]))
def test_losing_every_license_never_makes_a_line_eligible(facts, asked, company):
    if judged(replace(facts, licenses=()), company, asked).eligible:
        raise AssertionError("eligible without a license")


@given(producers, questions)
def test_an_eligible_line_sits_on_a_license_in_force_that_carries_it(facts, asked):
    verdict = judged(facts, asked=asked)
    if verdict.eligible:
        held = verdict.license
        assert held.state == asked.state
        assert held.active
        assert held.expiration_date is None or held.expiration_date >= TODAY
        assert any(line.active and line.code == "16" for line in held.lines)
        assert asked.takes_class(held.class_code)


@given(producers, questions)
def test_naming_classes_never_makes_more_lines_eligible(facts, asked):
    if judged(facts, asked=asked).eligible:
        assert judged(facts, asked=replace(asked, license_class_codes=None)).eligible


@given(st.lists(producers, min_size=2, max_size=4), st.lists(questions, min_size=1, max_size=4))
def test_answers_that_producers_share_change_no_verdict(several, asked):
    shared = {}
    for facts in several:
        for question in asked:
            together = judge(question, Holdings(facts, BOOK, TODAY, shared), KEEPS_INTERNAL)
            assert together == judged(facts, KEEPS_INTERNAL, question)


def test_what_a_company_answers_is_worked_out_once_for_many_producers():
    shared = {}
    first, second = (judge(ASKED, Holdings(PRODUCER, BOOK, TODAY, shared), HERON) for _ in range(2))
    assert first.decisions[0] is second.decisions[0]
    assert first.decisions[-1] is not second.decisions[-1]
