"""Figures, what lies outside the assignment, the calendar, and what holds for every set of facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rulebook.rules.book import RuleValue
from scorecards.enums import AppointmentCellStatus, LicenseCellStatus
from scorecards.packing import pack, unpack
from scorecards.scoring import OutsideKind, OutsideReason
from scorecards.scoring.licenses import BETTER_FIRST
from tests.scorecards.cast import (
    APPOINTED,
    HEALTH,
    LIFE,
    PROPERTY,
    TODAY,
    appointing,
    assignment,
    expiring,
    license_,
    producer,
    score_of,
    with_rules,
)

DAY = timedelta(days=1)


# Figures --------------------------------------------------------------------------------------------------------


def test_licensed_counts_renew_too():
    asked = assignment(states=("CA", "TX"), loa_categories=("health", "life"))
    facts = producer(expiring(10, lines=(LIFE, HEALTH)), license_("TX"))
    figures = score_of(asked, facts).figures
    assert (figures.licensed, figures.license_cells) == (3, 4)
    assert figures.licensed_percent == Decimal("75.00")


def test_appointments_that_are_not_required_are_not_in_the_denominator():
    asked = appointing(states=("CA", "CO"))
    figures = score_of(asked, producer(license_(), appointments=(APPOINTED,))).figures
    assert (figures.appointed, figures.appointment_cells) == (1, 1)
    assert figures.appointed_percent == Decimal("100.00")


def test_an_empty_denominator_is_no_percentage():
    assert score_of(appointing(states=("CO",))).figures.appointed_percent is None
    assert score_of(assignment(states=())).figures.licensed_percent is None


def test_cells_with_an_action_are_to_do():
    asked = assignment(states=("CA", "TX"))
    assert score_of(asked, producer(license_())).figures.to_do == 1


# My license does not show ---------------------------------------------------------------------------------------


def entry(facts, asked=None, **kwargs):
    return score_of(asked, producer(*facts), **kwargs).outside[0]


def test_a_license_in_a_state_that_is_not_asked_about_says_so_and_offers_the_state():
    found = entry([license_("TX")])
    assert (found.kind, found.reason) == (OutsideKind.NOT_ASKED, OutsideReason.STATE)
    assert found.text == "Texas is not on the assignment."
    assert found.adds == {"states": ["TX"]}


def test_a_license_with_categories_that_are_not_asked_about_offers_them():
    found = entry([license_(lines=(LIFE, PROPERTY, HEALTH))])
    assert found.reason is OutsideReason.CATEGORY
    assert found.adds == {"loa_categories": ["health", "property"]}


def test_a_license_of_another_agent_type_offers_an_assignment_of_that_type():
    found = entry([license_(class_name="Adjuster", lines=())])
    assert found.reason is OutsideReason.AGENT_TYPE
    assert found.adds["agent_type"] == "adjuster"
    assert "adjuster" in found.decisions[0].text


def test_a_license_that_is_asked_about_and_not_expiring_is_not_outside():
    assert score_of(facts=producer(license_(expiration_date=None))).outside == ()


def test_a_license_that_is_not_renewable_yet_says_when_and_by_which_rule():
    found = entry([expiring(200)])
    assert found.kind is OutsideKind.NOT_YET_RENEWABLE
    assert found.opens_on == TODAY + timedelta(days=110)
    assert found.decisions[0].source == "Ins. Code 1718"


def test_an_override_that_opens_the_window_sooner_is_named():
    start = TODAY + timedelta(days=3)
    moved = RuleValue("300", start, None, overridden=True, author="Ada", reason="Wildfires")
    found = entry([expiring(200)], book=with_rules(renewal_window_days=[moved, RuleValue("90")]))
    assert found.opens_on == start
    assert "Wildfires" in found.decisions[0].source


def test_a_window_that_nobody_knows_is_told_without_a_date():
    found = entry([expiring(200)], book=with_rules(renewal_window_days=None))
    assert found.opens_on is None
    assert found.decisions[0].unknown


def test_what_can_be_renewed_now_is_not_waiting():
    assert score_of(facts=producer(expiring(90))).outside == ()


# The calendar ---------------------------------------------------------------------------------------------------


def next_change(*licenses, **kwargs):
    return score_of(facts=producer(*licenses), **kwargs).next_change_on


def test_the_next_change_is_the_opening_of_the_window():
    assert next_change(expiring(91)) == TODAY + DAY


def test_after_that_it_is_the_day_after_expiration():
    assert next_change(expiring(90)) == TODAY + timedelta(days=91)


def test_after_that_the_days_after_late_renewal_and_reinstatement():
    assert next_change(expiring(-1)) == TODAY + timedelta(days=30)
    assert next_change(expiring(-31)) == TODAY + timedelta(days=335)
    assert next_change(expiring(-400)) is None


def test_a_rule_that_begins_or_ends_changes_it_too():
    start, end = TODAY + timedelta(days=2), TODAY + timedelta(days=9)
    book = with_rules(renewal_window_days=[RuleValue("9", start, end), RuleValue("90")])
    assert next_change(book=book) == start
    assert next_change(book=book, as_of=start) == end + DAY


def test_the_day_on_which_a_license_a_line_or_an_appointment_begins_changes_it_too():
    tomorrow = TODAY + DAY
    assert next_change(license_(issue_date=tomorrow)) == tomorrow
    assert next_change(license_(lines=(replace(LIFE, issue_date=tomorrow),))) == tomorrow
    facts = producer(license_(), appointments=(replace(APPOINTED, status_date=tomorrow),))
    assert score_of(appointing(), facts).next_change_on == tomorrow


def test_a_perpetual_license_waits_for_nothing():
    assert next_change(license_(expiration_date=None)) is None


# Properties -----------------------------------------------------------------------------------------------------

licenses = st.builds(
    license_,
    state=st.sampled_from(["CA", "TX", "CO", "PR"]),
    number=st.sampled_from(["1", "2", "3"]),
    class_name=st.sampled_from(["Insurance Producer", "Adjuster"]),
    residency=st.sampled_from(["R", "NR", ""]),
    active=st.booleans(),
    expiration_date=st.none() | st.integers(-800, 800).map(lambda days: TODAY + timedelta(days=days)),
    lines=st.lists(st.sampled_from([LIFE, HEALTH, PROPERTY, replace(LIFE, active=False)]), max_size=3).map(
        tuple
    ),
)
assignments = st.builds(
    appointing,
    states=st.lists(st.sampled_from(["CA", "TX", "CO", "PR"]), unique=True).map(tuple),
    loa_categories=st.lists(st.sampled_from(["life", "health", "property"]), unique=True).map(tuple),
)
facts = st.builds(
    lambda held, appointed, entity: producer(*held, appointments=appointed, entity_type=entity),
    st.lists(licenses, max_size=4),
    st.sampled_from([(), (APPOINTED,)]),
    st.sampled_from(["individual", "firm"]),
)


@given(assignments, facts)
def test_scoring_twice_gives_the_same(asked, held):
    assert score_of(asked, held) == score_of(asked, held)


@given(assignments, facts, st.data())
def test_taking_a_license_away_improves_no_cell(asked, held, data):
    if not held.licenses:
        return
    gone = data.draw(st.sampled_from(range(len(held.licenses))))
    fewer = replace(held, licenses=held.licenses[:gone] + held.licenses[gone + 1 :])
    order = {**BETTER_FIRST, **{status: rank for rank, status in enumerate(AppointmentCellStatus)}}
    for before, after in zip(score_of(asked, held).cells, score_of(asked, fewer).cells, strict=True):
        assert order[after.status] >= order[before.status]


@given(assignments, facts)
def test_every_cell_that_asks_for_something_explains_itself(asked, held):
    for cell in score_of(asked, held).cells:
        assert cell.decisions, cell
        assert all(decision.text for decision in cell.decisions)


@given(assignments, facts)
def test_nothing_changes_before_the_next_change(asked, held):
    today = score_of(asked, held)
    last = (today.next_change_on or TODAY + timedelta(days=500)) - DAY
    later = score_of(asked, held, as_of=last)
    assert [cell.status for cell in later.cells] == [cell.status for cell in today.cells]


@given(assignments, facts)
def test_every_license_in_force_is_in_the_grid_or_explained_outside_of_it(asked, held):
    result = score_of(asked, held)
    told = {
        (each.state, each.license_number) for each in result.outside if each.kind is OutsideKind.NOT_ASKED
    }
    for each in held.licenses:
        asked_about = each.state in asked.states and each.class_name == "Insurance Producer"
        assert asked_about or (each.state, each.number) in told


@given(assignments, facts)
def test_a_packed_scorecard_comes_back_whole(asked, held):
    result = score_of(asked, held)
    body, digest = pack(result)
    cells = unpack(body).cells
    assert [cell["status"] for cell in cells] == [cell.status for cell in result.cells]
    assert [[each["text"] for each in cell["decisions"]] for cell in cells] == [
        [decision.text for decision in cell.decisions] for cell in result.cells
    ]
    assert pack(score_of(asked, held))[1] == digest


def test_the_same_answers_on_another_day_pack_to_the_same_digest():
    held = producer(license_(expiration_date=None), license_("TX", active=False))
    today, tomorrow = (score_of(appointing(), held, as_of=day) for day in (TODAY, TODAY + DAY))
    assert pack(today)[1] == pack(tomorrow)[1]


def test_statuses_are_listed_best_first():
    assert list(LicenseCellStatus)[:3] == ["licensed", "renew", "pending"]
