"""Agencies that rows of the upload ``agent`` name: on file, new, dummies, and those that are none."""

from __future__ import annotations

from itertools import permutations

import pytest

from producers.enums import Tracking
from producers.models import Producer
from tests.producers.cast import put_on_file
from tests.producers.imports.desk import agent, errors, outcomes, person, row, warnings

pytestmark = pytest.mark.django_db
NEW = "9900002"


def new_agency() -> Producer:
    return Producer.objects.get(npn=NEW)


def test_an_agency_comes_on_file_with_its_first_row(desk):
    run = desk.processed(agent(1, agency_npn=NEW, agency_name="New Harbor"))
    assert (new_agency().entity_type, new_agency().company_name) == ("firm", "New Harbor")
    assert (new_agency().sort_name, new_agency().tracking) == ("new harbor", Tracking.ACTIVE)
    assert person().agency == new_agency()
    assert row(run).changes["agency_name"] == ["", "New Harbor"]


@pytest.mark.parametrize("order", list(permutations([0, 1, 2])))
@pytest.mark.parametrize("at_once", [1, 1000])
def test_its_name_may_stand_in_any_row(desk, monkeypatch, order, at_once):
    monkeypatch.setattr("producers.imports.agent.AgentUpload.rows_at_once", at_once)
    rows = [
        agent(1, agency_npn=NEW),
        agent(2, agency_npn=NEW, agency_name="New Harbor"),
        agent(3, agency_npn=NEW),
    ]
    run = desk.processed(*(rows[place] for place in order))
    assert outcomes(run) == ["new"] * 3
    assert {person(number).agency.company_name for number in (1, 2, 3)} == {"New Harbor"}


def test_its_name_counts_although_its_row_has_another_error(desk):
    run = desk.processed(
        agent(1, agency_npn=NEW), agent(2, agency_npn=NEW, agency_name="New Harbor", states="ZZ")
    )
    assert outcomes(run) == ["new", "error"]
    assert person().agency.company_name == "New Harbor"


def test_without_a_name_it_is_unknown(desk):
    assert errors(desk.read(agent(agency_npn=NEW))) == [("agency_npn", "unknown_agency")]


def test_two_names_are_an_error_on_all_rows_that_need_them(desk):
    rows = [
        agent(1, agency_npn=NEW, agency_name="New Harbor"),
        agent(2, agency_npn=NEW),
        agent(3, agency_npn=NEW, agency_name="Old Harbor"),
    ]
    run = desk.read(*rows)
    assert [errors(run, number) for number in (2, 3, 4)] == [[("agency_name", "several_names")]] * 3
    assert "“New Harbor” in row 2 and “Old Harbor” in row 4" in row(run, 3).problems[0]["message"]


@pytest.mark.parametrize("order", [1, -1])
def test_capitals_and_spaces_make_no_other_name(desk, order):
    names = ["NEW HARBOR", "New  Harbor", "new harbor"][::order]
    run = desk.processed(*(agent(n, agency_npn=NEW, agency_name=name) for n, name in enumerate(names)))
    assert outcomes(run) == ["new"] * 3
    assert new_agency().company_name == "New  Harbor"


def test_another_name_than_on_file_is_a_warning_and_changes_nothing(desk, harbor):
    run = desk.processed(agent(agency_name="Green Harbor"))
    assert warnings(run) == [("agency_name", "other_name")]
    harbor.refresh_from_db()
    assert (harbor.company_name, harbor.version) == ("Blue Harbor Agency", 1)


def test_the_same_name_in_capitals_is_no_news(desk):
    assert warnings(desk.read(agent(agency_name="BLUE HARBOR AGENCY"))) == []


def test_two_names_for_an_agency_on_file_are_only_warnings(desk):
    run = desk.read(agent(1, agency_name="Green Harbor"), agent(2, agency_name="Red Harbor"))
    assert outcomes(run) == ["new", "new"]


def test_a_dummy_npn_is_taken_where_the_agency_is_so_marked(desk):
    dummy = put_on_file("1", entity_type="firm", company_name="In-house", dummy_npn=True)
    desk.processed(agent(agency_npn="1"))
    assert person().agency == dummy


def test_an_individual_is_no_agency(desk):
    put_on_file("88100009", last_name="Quill")
    assert errors(desk.read(agent(agency_npn="88100009"))) == [("agency_npn", "not_an_agency")]


def test_nobody_is_their_own_agency(desk):
    assert errors(desk.read(agent(agency_npn="88100001"))) == [("agency_npn", "own_agency")]


@pytest.mark.parametrize("order", [1, -1])
def test_a_new_npn_is_no_person_in_one_row_and_agency_in_another(desk, order):
    rows = [agent(1, agent_npn="77"), agent(2, agency_npn="77", agency_name="Seven")][::order]
    run = desk.read(*rows)
    found = {2: errors(run, 2), 3: errors(run, 3)}
    as_person, as_agency = (2, 3)[::order]
    assert found[as_person] == [("agent_npn", "person_or_agency")]
    assert found[as_agency] == [("agency_npn", "person_or_agency")]
    assert f"row {as_agency}" in row(run, as_person).problems[0]["message"]


def test_a_producer_moves_to_another_agency(desk, harbor):
    put_on_file("88100001", first_name="Ines", last_name="Abernathy", agency=harbor)
    run = desk.processed(agent(agency_npn=NEW, agency_name="New Harbor"))
    assert row(run).changes == {"agency_npn": ["9900001", NEW], "agency_name": ["", "New Harbor"]}
    assert person().agency == new_agency()


def test_a_producer_whose_agency_has_no_npn_moves_too(desk):
    nameless = put_on_file(None, entity_type="firm", company_name="Somewhere")
    put_on_file("88100001", first_name="Ines", last_name="Abernathy", agency=nameless)
    run = desk.processed(agent())
    assert row(run).changes == {"agency_npn": ["", "9900001"]}
    assert person().agency.npn == "9900001"
