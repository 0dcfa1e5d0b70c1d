"""Rows of one file that contradict one another, whatever their order."""

from __future__ import annotations

import time
import tracemalloc
from itertools import permutations

import pytest

from core.imports.rows import UploadRow
from producers.imports.survey import PeopleSurvey, named_rows
from tests.producers.imports.desk import agent, assigned, errors, outcomes, row

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("first_name", "Ines", "Inez"),
        ("last_name", "Abernathy", "Quill"),
        ("agency_npn", "9900001", "9900002"),
        ("agent_email", "a@example.com", "b@example.com"),
        ("agent_ssn", "123-45-6789", "123-45-6788"),
        ("external_id", "E-1", "E-2"),
    ],
)
def test_rows_of_one_npn_have_to_agree_on_the_person(desk, column, one, other):
    rows = [agent(1, **{column: one}), agent(2), agent(1, **{column: other}), agent(1, **{column: one})]
    run = desk.read(*({**each, "agency_name": "New Harbor"} for each in rows))
    assert [errors(run, number) for number in (2, 4, 5)] == [[(column, "contradicts")]] * 3
    assert errors(run, 3) == []
    [said] = row(run, 4).problems_of("error")
    assert "rows 2 and 5," in said["message"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_contradictions_are_found_in_any_order(desk, order):
    rows = [agent(agent_email="a@example.com"), agent(), agent(agent_email="b@example.com")]
    run = desk.read(*(rows[place] for place in order))
    assert [errors(run, number) for number in (2, 3, 4)] == [[("agent_email", "contradicts")]] * 3


def test_a_blank_contradicts_nobody(desk):
    run = desk.read(agent(), agent(agent_email="a@example.com"), agent(), agent(agent_email="A@example.com"))
    assert outcomes(run) == ["new", "update", "unchanged", "unchanged"]


def test_further_assignments_are_no_contradiction(desk):
    run = desk.read(assigned(), assigned(states="CA"), assigned(agent_type="adjuster"), assigned())
    assert outcomes(run) == ["new", "update", "update", "unchanged"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_one_number_for_two_people_is_an_error_on_all_their_rows(desk, order):
    rows = [agent(1, agent_ssn="123-45-6789"), agent(2, agent_ssn="123 45 6789"), agent(3)]
    run = desk.read(*(rows[place] for place in order))
    places = {place: number for number, place in enumerate(order, start=2)}
    assert errors(run, places[0]) == errors(run, places[1]) == [("agent_ssn", "same_ssn")]
    assert f"row {places[1]} " in row(run, places[0]).problems[0]["message"]
    assert errors(run, places[2]) == []


def test_the_sentence_about_one_number_for_two_people_does_not_repeat_it(desk):
    run = desk.read(agent(1, agent_ssn="123-45-6789"), agent(2, agent_ssn="123-45-6789"))
    assert "6789" not in row(run).problems[0]["message"]


def test_rows_without_a_readable_npn_contradict_nobody(desk):
    run = desk.read(agent(agent_npn="no", last_name="Quill"), agent())
    assert outcomes(run) == ["error", "new"]


def test_of_many_rows_some_are_named():
    assert named_rows([2, 3], 2) == "row 3"
    assert named_rows([2, 3, 9], 3) == "rows 2 and 9"
    assert named_rows([2, 3, 9], 7) == "rows 2, 3 and 9"
    assert named_rows(range(2, 100), 5).endswith("11, 12 and 87 more")


def surveyed(rows):
    survey = PeopleSurvey()
    for number, values in enumerate(rows, start=2):
        survey.see(UploadRow(number, {}, values=values, problems=[]))
    return survey


def values(number, **given):
    return {
        "agent_npn": str(10_000_000 + number),
        "agency_npn": str(9_000_000 + number % 500),
        "agency_name": f"Agency {number % 500}",
        "first_name": f"First {number}",
        "last_name": f"Last {number}",
        "agent_email": f"somebody.{number}@example.com",
        "agent_ssn": f"{100_000_000 + number}",
        "external_id": f"E-{number}",
    } | given


def test_a_hundred_thousand_rows_are_remembered_in_little_memory():
    tracemalloc.start()
    survey = surveyed(values(number) for number in range(100_000))
    used, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert survey.rows_as_person("10000005") == [7]
    assert used < 70_000_000, f"{used:,} bytes"


def test_a_whole_file_about_one_person_is_judged_in_no_more_time_than_another():
    survey = surveyed(values(1, agent_email=f"{number}@example.com") for number in range(50_000))
    started = time.process_time()
    for number in range(2, 50_002):
        assert list(survey.contradictions("10000001", number))
    assert time.process_time() - started < 10, "what is said of a row must not look at all the others"


def test_a_whole_file_with_one_number_is_judged_in_no_more_time_and_memory_than_another():
    survey = surveyed(values(number, agent_ssn="123456789") for number in range(20_000))
    tracemalloc.start()
    started = time.process_time()
    said = [survey.shared_ssn("123456789", str(10_000_000 + number)) for number in range(20_000)]
    spent, (used, _peak) = time.process_time() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "stands in rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 19,989 more for another NPN." in said[-1]
    assert spent < 10, "what is said of a row must not look at all the others"
    assert used < 40_000_000, f"{used:,} bytes"


def test_the_rows_of_one_number_are_those_of_others():
    people = [1, 2, 1, 3]
    survey = surveyed(values(number, agent_ssn="123456789") for number in people)
    said = [survey.shared_ssn("123456789", str(10_000_000 + number)) for number in (1, 2, 3, 4)]
    others = ("rows 3 and 5 ", "rows 2, 4 and 5 ", "rows 2, 3 and 4 ", "rows 2, 3, 4 and 5 ")
    assert all(rows in sentence for rows, sentence in zip(others, said, strict=True))
    assert survey.shared_ssn("999999999", "10000001") == ""


@pytest.mark.parametrize("npn", ["8810000{}", "no"])
def test_numbers_cannot_be_found_out_by_trying_all_that_end_alike(desk, npn):
    """Of a number on file the last four digits are shown, and 100,000 rows would be enough for the rest."""
    desk.processed(agent(9, agent_ssn="123-45-6789"))
    tries = [f"{area}-45-6789" for area in range(100, 155)]
    run = desk.read(
        *(agent(1, agent_npn=npn.format(place), agent_ssn=each) for place, each in enumerate(tries))
    )
    said = [errors(run, number) for number in range(2, 57)]
    hit = tries.index("123-45-6789")
    assert said[hit] == said[hit + 1]
    assert said[hit] == [("agent_ssn", "same_end") if "8" in npn else ("agent_npn", "malformed")]
    assert desk.read(agent(8, agent_ssn="123-45-6789")).counts == {"error": 1}
    assert errors(desk.read(agent(8, agent_ssn="123-45-6789"))) == [("agent_ssn", "duplicate")]
