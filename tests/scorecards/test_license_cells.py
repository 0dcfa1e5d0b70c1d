"""Every row of the license table of scorecards.md, and the days on which a row turns into the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rulebook.decision import Outcome
from rulebook.rules.book import RuleValue
from rulebook.rules.facts import LineFact, OpenTransactionFact
from scorecards.enums import Action, LicenseCellStatus
from tests.scorecards.cast import (
    HEALTH,
    LIFE,
    TODAY,
    assignment,
    expiring,
    license_,
    license_cell,
    producer,
    score_of,
    with_rules,
)

Status = LicenseCellStatus
PENDING = OpenTransactionFact(kind="license_application", state="CA", category="life", status="submitted")


@pytest.mark.parametrize(
    ("held", "status", "action"),
    [
        (license_(), Status.LICENSED, Action.NONE),
        (license_(expiration_date=None), Status.LICENSED, Action.NONE),
        (expiring(91), Status.LICENSED, Action.NONE),
        (expiring(90), Status.RENEW, Action.RENEW),
        (expiring(0), Status.RENEW, Action.RENEW),
        (expiring(-1), Status.LATE_RENEWAL, Action.RENEW_LATE),
        (expiring(-30), Status.LATE_RENEWAL, Action.RENEW_LATE),
        (expiring(-31), Status.REINSTATE, Action.REINSTATE),
        (expiring(-365), Status.REINSTATE, Action.REINSTATE),
        (expiring(-366), Status.EXPIRED, Action.APPLY),
        (license_(active=False), Status.INACTIVE, Action.SEE_WHY),
        (license_(lines=(HEALTH,)), Status.ADD_LINE, Action.AMEND),
        (license_(lines=(LineFact("16", "Life", active=False),)), Status.ADD_LINE, Action.AMEND),
        (license_(lines=()), Status.ADD_LINE, Action.AMEND),
    ],
)
def test_each_row_of_the_table(held, status, action):
    cell = license_cell(held)
    assert (cell.status, cell.action) == (status, action)


def test_no_license_is_to_be_applied_for():
    cell = license_cell()
    assert (cell.status, cell.action) == (Status.APPLY, Action.APPLY)
    assert cell.decisions[0].fix.code == "apply"


def test_an_open_license_transaction_is_followed():
    facts = producer(open_transactions=(PENDING,))
    cell = score_of(facts=facts).cells[0]
    assert (cell.status, cell.action) == (Status.PENDING, Action.FOLLOW)


def test_a_renewal_under_way_does_not_hide_that_the_license_is_to_renew():
    facts = producer(expiring(10), open_transactions=(replace(PENDING, kind="license_renewal"),))
    assert score_of(facts=facts).cells[0].status is Status.RENEW


def test_an_expired_license_that_the_registry_calls_inactive_is_renewed_late():
    assert license_cell(expiring(-5, active=False)).status is Status.LATE_RENEWAL


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (license_(), expiring(10)),
        (expiring(10), license_(lines=())),
        (license_(lines=()), expiring(-5)),
        (expiring(-5), expiring(-100)),
        (expiring(-100), license_(active=False)),
        (license_(active=False), expiring(-400)),
    ],
)
def test_of_two_licenses_in_a_state_the_better_wins(better, worse):
    alone = license_cell(better)
    for pair in ((better, replace(worse, number="CA-2")), (replace(worse, number="CA-2"), better)):
        assert license_cell(*pair).status is alone.status
    assert "2 producer licenses in California" in license_cell(better, worse).decisions[0].text


def test_of_two_that_answer_alike_the_one_that_lasts_longer_answers():
    cell = license_cell(license_(number="short"), license_(number="long", expiration_date=None))
    assert cell.decisions[1].facts["license_number"] == "long"


def test_a_perpetual_license_is_never_to_renew():
    window = license_cell(license_(expiration_date=None)).decisions[-1]
    assert "never renewed" in window.text


def test_a_window_that_nobody_knows_reads_not_known():
    cell = license_cell(expiring(10), book=with_rules(renewal_window_days=None))
    assert cell.status is Status.LICENSED
    assert cell.decisions[-1].outcome is Outcome.UNKNOWN
    assert "not known" in cell.decisions[-1].text


def test_late_renewal_and_reinstatement_that_nobody_knows_open_nothing():
    book = with_rules(late_renewal_days=None, reinstatement_days=None)
    cell = license_cell(expiring(-5), book=book)
    assert cell.status is Status.EXPIRED
    assert [decision.outcome for decision in cell.decisions[1:3]] == [Outcome.UNKNOWN, Outcome.UNKNOWN]


def test_a_dated_override_moves_the_window_and_says_so():
    shipped = RuleValue("90", source="Ins. Code 1718")
    moved = RuleValue(
        "200",
        TODAY - timedelta(days=5),
        TODAY + timedelta(days=30),
        overridden=True,
        author="Ada",
        reason="Wildfires",
    )
    book = with_rules(renewal_window_days=[moved, shipped])
    cell = license_cell(expiring(150), book=book)
    assert cell.status is Status.RENEW
    assert cell.decisions[-1].override
    assert "Wildfires" in cell.decisions[-1].source


def test_an_override_changes_no_day_outside_its_period():
    moved = RuleValue("200", TODAY - timedelta(days=5), TODAY + timedelta(days=30), overridden=True)
    book = with_rules(renewal_window_days=[moved, RuleValue("90")])
    held = expiring(150)
    assert license_cell(held, book=book, as_of=TODAY - timedelta(days=6)).status is Status.LICENSED
    assert license_cell(held, book=book, as_of=TODAY + timedelta(days=31)).status is Status.LICENSED


def test_licenses_of_another_agent_type_do_not_count():
    cell = license_cell(license_(class_name="Adjuster"))
    assert cell.status is Status.APPLY
    assert "adjuster" in cell.decisions[0].text


def test_every_cell_tells_rule_facts_source_and_effective_date():
    window = license_cell(expiring(10)).decisions[-1]
    assert window.rule == "renewal_window"
    assert window.source == "Ins. Code 1718"
    assert window.effective_from == date(2020, 1, 1)
    assert window.facts["expiration_date"] == TODAY + timedelta(days=10)
    assert window.fix.code == "renew"


def test_cells_are_one_a_state_and_category():
    asked = assignment(states=("CA", "TX"), loa_categories=("health", "life"))
    cells = score_of(asked, producer(license_(lines=(LIFE, HEALTH)))).cells
    assert [(cell.state, cell.category) for cell in cells] == [
        ("CA", "health"), ("CA", "life"), ("TX", "health"), ("TX", "life"),
    ]  # fmt: skip
    assert [cell.status for cell in cells] == [Status.LICENSED] * 2 + [Status.APPLY] * 2


def test_a_license_scorecard_asks_about_no_appointment():
    assert {cell.kind for cell in score_of(assignment(cocodes=("77001",))).cells} == {"license"}
