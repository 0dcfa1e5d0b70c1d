"""How rows are judged before anything is asked for: as the requests that they would become, priced as a plan is."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.imports import APPOINTMENT
from appointments.models import BulkRequest, Company, Transaction
from appointments.services.asking.appointments import ask_appointments
from appointments.services.asking.terminations import ask_terminations
from producers.models import Producer
from rulebook.models import Jurisdiction, LineOfAuthority
from tests.appointments.asking import world
from tests.appointments.imports.world import (
    FOX,
    HERON,
    NPN,
    appointing,
    cells,
    codes,
    ending,
    ending_cells,
    foreseen,
    judge,
    messages,
    outcome,
    read,
)
from tests.producers.cast import TESTER, put_on_file


def test_a_row_makes_one_request_a_state(ines):
    world.license_of(ines, "TX", residency="NR")
    (row,) = appointing(cells(states="TX; ca", loa_category="16"))
    assert outcome(row) == "new"
    assert row.label == "Abernathy (88100001)"
    assert row.changes == {"CA": ["", "Life: ready, $17.53"], "TX": ["", "Life: ready, $11.53"]}
    assert row.foreseen == {"transactions": 2, "cost_cents": 2906, "billed_later": 0}


def test_all_states_are_those_in_which_the_company_appoints(ines):
    Company.objects.get(cocode=HERON).states.filter(state="TX").update(active=False)
    (row,) = appointing(cells(states="ALL", loa_category="16"))
    assert list(row.changes) == ["CA"]
    assert messages(row).startswith("OR: Required License Not Found")
    Company.objects.get(cocode=HERON).states.update(active=False)
    (row,) = appointing(cells(states="ALL"))
    assert codes(row) == ["no_state"]
    assert messages(row).endswith("Switch states on for it under Rules › Companies.")


def test_of_all_states_those_that_know_no_such_line_are_left_out(ines):
    LineOfAuthority.objects.create(
        jurisdiction_id="CA", code_system="NIPR_PDB", code="777", name="Crop", categories=""
    )
    world.rule("CA", "jit_allowed", "no")
    (everywhere, named) = appointing(
        cells(states="ALL", loa_category="Crop;16"), cells(states="CA;TX", loa_category="Crop")
    )
    assert outcome(everywhere) == "new"
    assert messages(named).startswith(
        "“Crop” is no LOA category, and no line of authority of TX. Write LOA categories (life, health, "
    )


@pytest.mark.parametrize(
    ("given", "column", "words"),
    [
        ({"agent_npn": "99"}, "agent_npn", "No producer has NPN 99. Add the producer, then ask again."),
        ({"states": "ZZ"}, "states", "There is no state “ZZ”. Give two letters each, such as CA."),
        ({"states": "California"}, "states", "There is no state “CALIFORNIA”. Write CA."),
        ({"cocode": "77003"}, "cocode", "No company in use has the CoCode 77003. Did you mean “77002” (Fox Mutual)?"),
        ({"cocode": "123"}, "cocode", "00123. Correct it, or add the company under Rules › Companies first."),
        ({"loa_category": "Lief"}, "loa_category", "“Lief” is no LOA category, and no line of authority of CA."),
        ({"loa_category": "travel"}, "loa_category", "no active line for travel in CA"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_an_error_that_says_what_would_be_right(ines, given, column, words):
    (row,) = appointing(cells(**given))
    assert outcome(row) == "error"
    (problem,) = row.problems
    assert problem["column"] == column
    assert words in problem["message"]


def test_producers_not_synced_or_not_tracked_are_errors(place):
    put_on_file("88100077", tracking="active")
    world.producer("88100078", tracking="inactive")
    rows = appointing(cells(agent_npn="88100077"), cells(agent_npn="88100078"))
    assert [codes(row) for row in rows] == [["npn_not_synced"], ["npn_not_active"]]


def test_nothing_eligible_is_skipped_with_each_reason_once(place):
    world.producer()
    (row,) = appointing(cells(states="CA;TX", loa_category="life;health"))
    assert outcome(row) == "skipped"
    assert codes(row) == ["required_license_not_found"]
    assert messages(row).startswith("CA, TX: Required License Not Found (")


def test_what_is_held_or_open_already_is_unchanged(ines):
    world.appointed(ines, line=world.LIFE)
    world.ask(world.request(loa_categories=["936"]))
    first, second, third = appointing(
        cells(loa_category="16"), cells(loa_category="16;936"), cells(loa_category="16;935")
    )
    assert [outcome(row) for row in (first, second, third)] == ["unchanged", "unchanged", "new"]
    assert codes(second) == ["already_appointed", "duplicate_transaction"]
    assert third.foreseen["transactions"] == 1


def test_a_termination_of_what_has_ended_is_unchanged(ines):
    world.appointed(ines, status="Terminated")
    world.appointed(ines, line=world.HEALTH)
    rows = ending(
        ending_cells(), ending_cells(line_of_authority="936"), ending_cells(line_of_authority="935")
    )
    assert [outcome(row) for row in rows] == ["unchanged", "new", "skipped"]


def test_in_terminations_a_name_means_a_line_and_a_slug_a_category(ines):
    world.appointed(ines, line=world.LIFE)
    world.appointed(ines, line=world.FRATERNAL)
    one, both = (ending(ending_cells(line_of_authority=word))[0] for word in ("Life", "life"))
    assert one.foreseen["transactions"] == 1
    assert both.foreseen["transactions"] == 2
    (health,) = ending(ending_cells(line_of_authority="Health"))
    assert codes(health) == ["no_active_appointment"]


def test_unknown_lines_of_terminations_are_answered_with_what_there_is(ines):
    world.appointed(ines)
    (row,) = ending(ending_cells(line_of_authority="Liff"))
    assert messages(row) == (
        "“Liff” is neither an LOA category nor a line of authority of CA. Its current appointments are for Life."
    )


def test_lines_with_commas_in_their_names_are_found(ines):
    name = "Life, Accident & Health"
    world.appointed(ines, line=("", name))
    (row,) = ending(ending_cells(line_of_authority=f"{name}, Health and Sickness (excluding Disability)"))
    assert row.changes["CA"][0] == f"{name}: appointed"
    (row,) = appointing(cells(loa_category="life, Health and Sickness (excluding Disability)"))
    assert row.foreseen["transactions"] == 3


def test_an_unknown_reason_is_answered_with_those_of_the_state(ines):
    world.appointed(ines)
    unknown, untaken = ending(
        ending_cells(termination_reason="quit"), ending_cells(termination_reason="death")
    )
    assert messages(unknown) == (
        "“quit” is none of the reasons for a termination. There are Voluntary termination, Fraud."
    )
    assert (outcome(untaken), codes(untaken)) == ("skipped", ["reason_not_accepted"])
    assert "California does not take Death. California takes Voluntary termination, Fraud." in messages(
        untaken
    )


def test_where_no_reason_is_given_and_none_is_the_default_the_row_says_where_to_set_one(ines):
    for state in ("CA", "TX"):
        world.appointed(ines, state)
    here, both = ending(
        ending_cells(termination_reason=""),
        ending_cells(states="CA;TX", line_of_authority="life", termination_reason=""),
    )
    assert [outcome(row) for row in (here, both)] == ["skipped", "skipped"]
    assert messages(here) == (
        "CA: Termination Reason Required (Life). No reason is given, and there is no default for California. "
        "Set a default reason for CA under Rules › Default reasons, or fill termination_reason."
    )
    assert "Set a default reason for CA, TX under Rules › Default reasons" in messages(both)
    assert here.problems[0]["column"] == "termination_reason"


def test_a_company_off_file_may_still_be_left(ines):
    world.appointed(ines, cocode="60001", company_key="60001", company_name="Gone Mutual")
    known, unknown = ending(ending_cells(cocode="60001"), ending_cells(cocode="60002"))
    assert (outcome(known), outcome(unknown)) == ("new", "error")


def test_the_same_twice_is_asked_for_once_whichever_words_it_is_in(ines):
    rows = appointing(cells(), cells(), cells(loa_category="16;1081"), cells(loa_category="life;936"))
    assert [outcome(row) for row in rows] == ["new", "unchanged", "unchanged", "new"]
    assert messages(rows[1]) == "Row 2 of this file asks for the same."
    assert messages(rows[2]).startswith("CA: Row 2 of this file asks for it already")
    assert list(rows[3].changes["CA"]) == ["", "Health and Sickness (excluding Disability): ready, $17.53"]


def test_a_repeat_of_a_faulty_row_is_faulty_too(ines):
    rows = appointing(cells(agent_npn="7"), cells(agent_npn="7"))
    assert [codes(row) for row in rows] == [["npn_not_found"]] * 2


def test_rows_that_contradict_each_other_are_left_to_a_person(ines):
    world.appointed(ines)
    rows = ending(
        ending_cells(), ending_cells(line_of_authority="life", termination_reason="Fraud"), ending_cells()
    )
    assert [codes(row) for row in rows] == [["contradiction"]] * 3
    assert messages(rows[1]) == "Row 2 asks for the same (CA: Life) with another reason. Keep one of the two."
    dated = appointing(
        cells(effective_date="2026-12-01"), cells(effective_date="12/02/2026"), cells(cocode=FOX)
    )
    assert [outcome(row) for row in dated] == ["error", "error", "new"]
    assert dated[0].problems[0]["column"] == "effective_date"


def _once_a_batch() -> None:
    world.rule("CA", "appointment_fee_per_line", "no")


def test_a_fee_of_a_batch_is_counted_once_however_far_apart_its_rows_stand(ines):
    _once_a_batch()
    others = [cells(agent_npn=str(5_000 + number)) for number in range(6)]
    rows = [cells(loa_category="16"), *others, cells(loa_category="936")]
    judged = judge(APPOINTMENT, read(APPOINTMENT, *rows), at_once=2)
    assert foreseen(judged) == {"transactions": 2, "cost_cents": 1600 + 2 * 153, "billed_later": 0}


def test_who_bears_the_fee_is_no_row_that_is_left_to_a_person(ines):
    _once_a_batch()
    rows = appointing(
        cells(loa_category="16", effective_date="2026-12-01"),
        cells(loa_category="16", effective_date="2026-12-02"),
        cells(loa_category="936"),
    )
    assert foreseen(rows) == {"transactions": 1, "cost_cents": 1753, "billed_later": 0}


LINES = st.lists(st.sampled_from(["life", "health", "16", "935", "936", "Life"]), min_size=1, max_size=3)
ROWS = st.lists(
    st.builds(
        lambda npn, states, lines, cocode: cells(
            agent_npn=npn, states=";".join(states), loa_category=";".join(lines), cocode=cocode
        ),
        st.sampled_from(["88100001", "88100002"]),
        st.lists(st.sampled_from(["CA", "TX", "OR"]), min_size=1, max_size=3, unique=True),
        LINES,
        st.sampled_from([HERON, FOX]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def pair(ines) -> None:
    """Two producers, one of whom has something already, in a state that counts its fee once a batch."""
    world.license_of(ines, "TX", residency="NR")
    world.appointed(ines, "TX", world.LIFE)
    world.license_of(world.licensed("88100002"), "TX", lines=(world.LIFE,))
    _once_a_batch()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, at_once=st.integers(1, 12), seed=st.randoms(use_true_random=False))
def test_it_costs_what_a_plan_says_in_whatever_order_and_chunks(pair, rows, at_once, seed: random.Random):
    judged = judge(APPOINTMENT, read(APPOINTMENT, *rows), at_once=at_once)
    mixed = [dict(row) for row in rows]
    seed.shuffle(mixed)
    assert foreseen(judge(APPOINTMENT, read(APPOINTMENT, *mixed), at_once=3)) == foreseen(judged)
    plan = ask_appointments(_requests(rows), dry_run=True, actor=TESTER, wait=True)
    kept = BulkRequest.objects.get(pk=plan.pk).counts
    assert foreseen(judged)["cost_cents"] == kept["state_cents"] + kept["nipr_cents"]
    assert foreseen(judged)["billed_later"] == kept["billed_later"]
    made = {name: count for name, count in kept["status"].items() if name != "not_eligible"}
    assert foreseen(judged)["transactions"] == sum(made.values())
    BulkRequest.objects.all().delete()


def _requests(rows: list[dict[str, str]]) -> list[dict[str, object]]:
    return [
        {
            "npn": row["agent_npn"],
            "state": state,
            "cocode": row["cocode"],
            "loa_categories": [line.lower() for line in row["loa_category"].split(";")],
        }
        for row in rows
        for state in row["states"].split(";")
    ]


def test_terminations_cost_what_their_plan_says(ines):
    for line in world.LINES:
        world.appointed(ines, line=line)
    rows = ending(
        ending_cells(line_of_authority="life"), ending_cells(line_of_authority="health", states="CA;TX")
    )
    requests = [world.ending(lines=["life"]), world.ending(lines=["health"])]
    plan = ask_terminations(requests, dry_run=True, actor=TESTER, wait=True)
    kept = BulkRequest.objects.get(pk=plan.pk).counts
    assert foreseen(rows)["cost_cents"] == kept["state_cents"] + kept["nipr_cents"] == 4 * 153


def test_judging_writes_nothing_and_asks_as_often_for_many_as_for_few(place):
    npns = [str(88_400_000 + number) for number in range(40)]
    for npn in npns:
        world.licensed(npn)

    def statements(count: int) -> int:
        rows = read(APPOINTMENT, *[cells(agent_npn=npn, states="CA;TX") for npn in npns[:count]])
        with CaptureQueriesContext(connection) as captured:
            judge(APPOINTMENT, rows)
        assert {outcome(row) for row in rows} == {"new"}
        assert not [query for query in captured if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        return len(captured)

    statements(1)
    assert statements(2) == statements(40) < 40
    assert not Transaction.objects.exists()


def test_terminations_are_asked_about_as_often_for_many_as_for_few(place):
    npns = [str(88_600_000 + number) for number in range(30)]
    for npn in npns:
        world.appointed(world.licensed(npn))

    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            rows = ending(*[ending_cells(agent_npn=npn, states="ALL") for npn in npns[:count]])
        assert {outcome(row) for row in rows} == {"new"}
        return len(captured)

    statements(1)
    assert statements(2) == statements(30) < 40


def test_a_row_that_is_a_whole_country_and_a_file_of_them_stays_bounded(ines, monkeypatch):
    monkeypatch.setattr("appointments.imports.expanding.MOST", 5)
    Jurisdiction.objects.create(code="NY", name="New York")
    rows = appointing(cells(states="CA;TX;OR"), cells(states="CA;TX;OR;NY", loa_category="16"))
    assert [codes(row) for row in rows] == [["too_many"]] * 2
    monkeypatch.setattr("appointments.imports.uploads.MOST_REQUESTS", 60)
    rows = appointing(cells(states="ALL"), cells(states="CA"))
    assert [codes(row) for row in rows] == [["too_many"]] * 2
    assert Producer.objects.get().npn == NPN
