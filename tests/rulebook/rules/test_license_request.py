"""Licenses applied for and renewed: each code alone, in its order, and what no facts can change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.rules.appointment_lines import WantedLine
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import LicenseFact, LineFact, OpenTransactionFact, ProducerFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.license_request import TEXTS, LicenseReason, LicenseVerdict, judge_license
from rulebook.rules.license_request_prerequisites import ANSWERS_LAST, NAMES, missing
from rulebook.rules.license_request_question import (
    APPLICATION,
    RENEWAL,
    ApplicantFact,
    ApplicationQuestion,
    LicenseAction,
    RenewalQuestion,
    applications,
    license_name,
)

TODAY = date(2026, 11, 21)
EXPIRES = TODAY + timedelta(days=60)
BOOK = RuleBook.of(
    {
        ("CA", "renewal_window_days"): 90,
        ("CA", "late_renewal_days"): 30,
        ("CA", "reinstatement_days"): 365,
        ("TX", "renewal_window_days"): 60,
    },
    lines={("CA", "16"): ["life"], ("CA", "935"): ["health"], ("TX", "16"): ["life"]},
)
LIFE = WantedLine("16", "Life", frozenset({"life"}), "life")
HEALTH = WantedLine("935", "Health", frozenset({"health"}), "health")
COMPLETE = ApplicantFact(
    address=True, email=True, phone=True, birth_date=True, tax_number=True, answered_on=TODAY
)
HOME = LicenseFact(
    "CA", "H1", "1", "Insurance Producer", expiration_date=EXPIRES, lines=(LineFact("16", "Life"),)
)


def holding(
    *licenses: LicenseFact, under_way: tuple[OpenTransactionFact, ...] = (), on: date = TODAY
) -> Holdings:
    fact = ProducerFact("88100001", licenses=licenses, open_transactions=under_way)
    return Holdings(fact, BOOK, on)


def renew(
    held: Holdings, number: str = "H1", who: ApplicantFact = COMPLETE, residency: str = "R"
) -> LicenseVerdict:
    license_ = next((each for each in held.all_licenses() if each.number == number), None)
    return judge_license(RenewalQuestion("CA", number, license_, residency), held, who)


def apply(
    held: Holdings,
    *lines: WantedLine,
    state: str = "TX",
    who: ApplicantFact = COMPLETE,
    residency: str = "NR",
) -> LicenseVerdict:
    (question,) = applications(held, state, "producer", residency, lines or (LIFE,))
    return judge_license(question, held, who)


def open_one(kind: str, name: str, state: str = "CA") -> OpenTransactionFact:
    return OpenTransactionFact(kind, state, status="queued", number="GT-00000007", loa=name)


def test_a_license_in_its_window_is_renewed():
    verdict = renew(holding(HOME))
    assert (verdict.reason, verdict.action, verdict.eligible) == ("in_good_standing", "renew", True)
    assert verdict.license is not None


@pytest.mark.parametrize(
    ("days", "reason", "action"),
    [
        (91, "not_yet_renewable", "renew"),
        (90, "in_good_standing", "renew"),
        (0, "in_good_standing", "renew"),
        (-1, "in_good_standing", "renew_late"),
        (-30, "in_good_standing", "renew_late"),
        (-31, "in_good_standing", "reinstate"),
        (-365, "in_good_standing", "reinstate"),
        (-366, "too_late_to_renew", "reinstate"),
    ],
)
def test_the_last_day_and_the_day_after(days, reason, action):
    verdict = renew(holding(replace(HOME, expiration_date=TODAY + timedelta(days=days))))
    assert (verdict.reason, verdict.action) == (reason, action)


def test_what_is_too_early_says_from_when():
    verdict = renew(holding(replace(HOME, expiration_date=date(2027, 3, 31))))
    assert verdict.text == "Not yet renewable: from 31 Dec 2026"


@pytest.mark.parametrize("days", [60, -10])
def test_what_the_state_does_is_not_known_and_opens_nothing(days):
    away = replace(HOME, state="ID", number="N1", expiration_date=TODAY + timedelta(days=days))
    verdict = renew(holding(away), "N1")
    assert verdict.reason == "state_rule_not_known"
    assert verdict.fix is not None
    assert (verdict.fix.code, verdict.fix.params["state"]) == ("add_rule", "ID")


def test_a_license_of_no_such_number_that_never_expires_or_is_suspended():
    assert renew(holding(), "X").reason == "license_not_found"
    assert renew(holding(replace(HOME, expiration_date=None))).reason == "does_not_expire"
    assert renew(holding(replace(HOME, active=False))).reason == "license_not_active"
    assert renew(holding(replace(HOME, active=False, expiration_date=TODAY - timedelta(days=5)))).eligible


def test_a_request_under_way_for_the_same_license_stands_in_the_way_of_another():
    name = license_name("producer", "H1", "1")
    assert renew(holding(HOME, under_way=(open_one(RENEWAL, name),))).reason == "duplicate_transaction"
    assert renew(holding(HOME, under_way=(open_one(RENEWAL, "Producer license H2 (class 1)"),))).eligible
    assert renew(holding(HOME, under_way=(open_one(APPLICATION, name),))).eligible
    new = open_one(APPLICATION, "Producer license", "TX")
    assert apply(holding(HOME, under_way=(new,))).reason == "duplicate_transaction"


def test_a_new_license_is_applied_for_by_a_resident_elsewhere():
    verdict = apply(holding(HOME))
    assert (verdict.reason, verdict.action, verdict.license) == ("in_good_standing", "apply", None)
    assert apply(holding(replace(HOME, active=False))).reason == "no_active_resident_license"
    assert apply(holding(), state="CA", residency="R").eligible


def test_a_line_goes_on_the_license_in_force_and_one_that_is_there_is_not_asked_for():
    verdict = apply(holding(HOME), HEALTH, state="CA", residency="R")
    assert (verdict.action, verdict.license and verdict.license.number) == ("amend", "H1")
    assert apply(holding(HOME), LIFE, state="CA", residency="R").reason == "already_licensed"
    (question,) = applications(holding(HOME), "CA", "producer", "R", (LIFE, HEALTH))
    assert question.lines == (HEALTH,)


def test_a_line_that_another_class_carries_is_applied_for_on_a_license_of_that_class():
    of_class = replace(HEALTH, license_class_codes=frozenset({"7", "3"}))
    found = applications(holding(HOME), "CA", "producer", "R", (of_class, replace(HEALTH, loa_code="936")))
    assert [(each.action, each.class_code) for each in found] == [("apply", "3"), ("amend", "1")]
    assert len({each.name for each in found}) == 2


@pytest.mark.parametrize("name", ["address", "email", "phone", "birth_date"])
def test_each_thing_that_is_missing_is_named(name):
    verdict = apply(holding(HOME), who=replace(COMPLETE, **{name: False}))
    assert verdict.reason == "prerequisites_missing"
    assert verdict.decisions[-1].facts["missing"] == [name]
    assert NAMES[name] in verdict.decisions[-1].text


def test_a_firm_gives_its_fein_and_no_date_of_birth():
    who = replace(COMPLETE, birth_date=False, tax_number=False)
    assert missing(who, firm=True, as_of=TODAY) == ("fein",)
    assert missing(who, firm=False, as_of=TODAY) == ("birth_date", "ssn")


def test_answers_last_a_year_to_the_day():
    on = TODAY - ANSWERS_LAST
    assert missing(replace(COMPLETE, answered_on=on), firm=False, as_of=TODAY) == ()
    assert missing(replace(COMPLETE, answered_on=on), firm=False, as_of=TODAY + timedelta(days=1)) == (
        "fresh_answers",
    )
    assert missing(replace(COMPLETE, answered_on=None), firm=False, as_of=TODAY) == ("answers",)


def test_a_yes_wants_papers_and_without_an_explanation_it_is_missing():
    assert apply(holding(HOME), who=replace(COMPLETE, any_yes=True)).documents_required
    verdict = apply(holding(HOME), who=replace(COMPLETE, any_yes=True, unexplained=("2",)))
    assert (verdict.reason, verdict.documents_required) == ("prerequisites_missing", False)


def test_every_reason_has_its_words():
    assert set(TEXTS) == set(LicenseReason)


# What spoils a renewal that is in good standing, in the order in which it is told
SPOILT = {
    "duplicate_transaction": lambda held: replace(
        held, open_transactions=(open_one(RENEWAL, license_name("producer", "H1", "1")),)
    ),
    "not_yet_renewable": lambda held: _with(held, expiration_date=TODAY + timedelta(days=400)),
    "license_not_active": lambda held: _with(held, active=False),
    "does_not_expire": lambda held: _with(held, expiration_date=None),
}
ORDER = ("duplicate_transaction", "does_not_expire", "license_not_active", "not_yet_renewable")


def _with(fact: ProducerFact, **fields: object) -> ProducerFact:
    (license_,) = fact.licenses
    return replace(fact, licenses=(replace(license_, **fields),))


@pytest.mark.parametrize("first", ORDER)
@pytest.mark.parametrize("second", ORDER)
def test_of_two_reasons_the_earlier_is_told(first, second):
    fact = SPOILT[first](SPOILT[second](ProducerFact("88100001", licenses=(HOME,))))
    expected = min(first, second, key=ORDER.index)
    if {first, second} == {"does_not_expire", "not_yet_renewable"}:
        expected = first  # the same date: the last word counts
    who = replace(COMPLETE, email=False)
    assert renew(Holdings(fact, BOOK, TODAY), who=who).reason == expected


DAYS = st.one_of(st.none(), st.integers(-500, 500).map(lambda days: TODAY + timedelta(days=days)))
LICENSES = st.builds(
    LicenseFact,
    state=st.sampled_from(["CA", "TX", "ID"]),
    number=st.sampled_from(["H1", "N1", "N2"]),
    class_code=st.sampled_from(["1", "2"]),
    residency=st.sampled_from(["R", "NR"]),
    active=st.booleans(),
    expiration_date=DAYS,
    lines=st.lists(
        st.builds(LineFact, code=st.sampled_from(["16", "935"]), name=st.just("Life"), active=st.booleans()),
        max_size=2,
    ).map(tuple),
)
PEOPLE = st.builds(
    ApplicantFact,
    *[st.booleans()] * 5,
    answered_on=DAYS,
    any_yes=st.booleans(),
    unexplained=st.sampled_from([(), ("1a",)]),
)


@given(
    st.lists(LICENSES, max_size=4), PEOPLE, st.sampled_from(["CA", "TX", "ID"]), st.sampled_from(["R", "NR"])
)
def test_what_may_be_asked_for_has_everything_and_says_the_same_twice(licenses, who, state, residency):
    held = holding(*licenses)
    questions: list[ApplicationQuestion | RenewalQuestion] = list(
        applications(held, state, "producer", residency, (LIFE, HEALTH))
    )
    questions += [
        RenewalQuestion(each.state, each.number, each, each.residency) for each in held.all_licenses()
    ]
    for question in questions:
        verdict = judge_license(question, held, who)
        assert verdict == judge_license(question, holding(*licenses), who)
        assert verdict.decisions
        assert len({id(decision) for decision in verdict.decisions}) == len(verdict.decisions)
        if verdict.eligible:
            assert not missing(who, firm=False, as_of=TODAY)
            assert question.residency == "R" or held.resident_license is not None
            assert verdict.documents_required == who.any_yes
        elif verdict.reason not in (
            "already_licensed",
            "does_not_expire",
            "not_yet_renewable",
            "too_late_to_renew",
        ):
            assert verdict.fix is not None


@given(LICENSES, st.integers(0, 800))
def test_an_eligible_renewal_is_of_a_license_that_expires_and_whose_rules_are_known(license_, later):
    held = holding(license_, on=TODAY + timedelta(days=later))
    found = next(iter(held.all_licenses()))
    verdict = judge_license(
        RenewalQuestion(found.state, found.number, found, "R"),
        held,
        replace(COMPLETE, answered_on=held.as_of),
    )
    if verdict.eligible:
        assert found.expiration_date is not None
        assert found.state != "ID"
        assert (verdict.action is LicenseAction.RENEW) == (found.expiration_date >= held.as_of)


@given(
    st.permutations([LIFE, HEALTH, replace(LIFE, loa_code="17", loa="Annuities")]),
    st.lists(LICENSES, max_size=3),
)
def test_every_line_asked_for_is_asked_of_one_license_or_carried(lines, licenses):
    held = holding(*licenses)
    found = applications(held, "CA", "producer", "R", lines)
    asked = [line for question in found for line in question.lines]
    assert len(asked) == len({line.loa_code for line in asked})
    assert len({question.name for question in found}) == len(found)


def test_a_license_of_another_kind_is_renewed_with_the_answers_of_a_producer():
    question = RenewalQuestion("CA", "H1", replace(HOME, agent_type="other"))
    assert (question.agent_type, question.name) == ("producer", "License H1 (class 1)")
    assert license_name("surplus", "", "") == "Surplus lines license"
