"""Assignments, in rows of the upload ``agent`` and in the upload ``assignment``."""

from __future__ import annotations

import pytest

from core.audit.models import AuditEntry
from producers.models import ProducerAssignment
from producers.services import create_assignment, end_assignment
from producers.signals import assignments_changed
from tests.producers.cast import put_on_file
from tests.producers.imports.desk import TASK, agent, assigned, errors, outcomes, person, row

pytestmark = pytest.mark.django_db


def wish(number=1, **cells):
    """A row of the upload ``assignment``."""
    return {
        "agent_npn": f"8810000{number}", "states": "OR", "loa_category": "life", "scorecard_type": "license"
    } | cells  # fmt: skip


@pytest.fixture
def ines(desk):
    return put_on_file("88100001", first_name="Ines", last_name="Abernathy")


def test_assignment_columns_make_an_assignment(desk, heron):
    desk.processed(
        assigned(
            states="or;CA", loa_category="Life;health", scorecard_type="License & appointment", cocodes=heron,
            agent_type="Surplus lines",
        )
    )  # fmt: skip
    made = person().assignments.get()
    assert (made.states, made.loa_categories, made.cocodes) == (["CA", "OR"], ["health", "life"], [heron])
    assert (made.agent_type, made.scorecard_type) == ("surplus", "license_and_appointment")
    assert (made.version, made.ended_at) == (1, None)
    assert made.created_at
    assert made.updated_at


def test_an_uploaded_assignment_is_what_the_service_for_one_makes(desk):
    desk.processed(agent(1), agent(2))
    fields = {"states": ["OR"], "loa_categories": ["life"]}
    one = create_assignment(person(1).pk, fields, actor=TASK)
    desk.processed(assigned(2))
    apart = {"id", "producer_id", "created_at", "updated_at"}
    names = [f.attname for f in ProducerAssignment._meta.concrete_fields if f.attname not in apart]
    two = person(2).assignments.get()
    assert {name: getattr(one, name) for name in names} == {name: getattr(two, name) for name in names}
    entries = AuditEntry.objects.filter(action="assignment.created").order_by("pk")
    assert [entry.subject_id for entry in entries] == [str(person(1).pk), str(person(2).pk)]
    assert entries[0].changes == entries[1].changes


def test_all_is_every_state_of_the_state_list(desk):
    run = desk.processed(assigned(states="ALL"))
    assert person().assignments.get().states == ["CA", "OR", "TX"]
    assert row(run).changes["states"] == ["", "ALL"]


def test_every_state_by_name_is_the_same_assignment_as_all(desk):
    run = desk.read(assigned(states="ALL"), assigned(states="TX;CA;OR"))
    assert outcomes(run) == ["new", "unchanged"]


@pytest.mark.parametrize("column", ["loa_category", "states", "scorecard_type", "cocodes"])
def test_any_assignment_column_makes_one_and_then_the_others_are_needed(desk, heron, column):
    filled = {"loa_category": "life", "states": "OR", "scorecard_type": "license", "cocodes": heron}
    run = desk.read(agent(**{column: filled[column]}))
    needed = {"loa_category", "states", "scorecard_type"} - {column}
    assert set(errors(run)) == {(each, "required") for each in needed}


def test_an_agent_type_alone_makes_no_assignment(desk):
    run = desk.processed(agent(agent_type="adjuster"))
    assert outcomes(run) == ["new"]
    assert not ProducerAssignment.objects.exists()


def test_license_and_appointment_needs_a_company(desk):
    run = desk.read(assigned(scorecard_type="license_and_appointment"))
    assert errors(run) == [("cocodes", "required")]


def test_an_unknown_state_is_an_error(desk):
    run = desk.read(assigned(states="OR;ZZ;US"))
    assert errors(run) == [("states", "unknown_state")]
    assert "“US”, “ZZ”" in row(run).problems[0]["message"]


def test_an_unknown_company_is_an_error(desk, heron):
    assert errors(desk.read(assigned(cocodes=f"{heron};12"))) == [("cocodes", "unknown_company")]


def test_a_cell_that_cannot_be_read_is_not_called_missing_too(desk):
    assert errors(desk.read(assigned(loa_category="crypto"))) == [("loa_category", "unknown_category")]


def test_the_same_assignment_again_changes_nothing(desk, ines):
    first = create_assignment(ines.pk, {"states": ["OR"], "loa_categories": ["life"]}, actor=TASK)
    run = desk.assigned(wish(), wish(agent_type="producer"), wish(states="CA"))
    assert outcomes(run) == ["unchanged", "unchanged", "new"]
    assert first in ines.assignments.all()
    assert ines.assignments.count() == 2


def test_an_assignment_that_has_ended_can_be_made_again(desk, ines):
    ended = create_assignment(ines.pk, {"states": ["OR"], "loa_categories": ["life"]}, actor=TASK)
    end_assignment(ended.pk, actor=TASK)
    assert outcomes(desk.assigned(wish())) == ["new"]
    assert ines.assignments.filter(ended_at=None).count() == 1


def test_an_assignment_takes_a_producer_on_file(desk):
    run = desk.read(wish(7), kind="assignment")
    assert errors(run) == [("agent_npn", "unknown_producer")]


def test_all_that_an_assignment_lacks_is_told_at_once(desk, ines):
    run = desk.read({"agent_npn": "88100001", "agent_type": "producer", "states": "", "loa_category": "",
                     "scorecard_type": ""}, kind="assignment")  # fmt: skip
    assert sorted(errors(run)) == [
        ("loa_category", "required"),
        ("scorecard_type", "required"),
        ("states", "required"),
    ]


def test_an_agency_may_have_assignments(desk, harbor):
    run = desk.assigned(wish(agent_npn=harbor.npn))
    assert (outcomes(run), row(run).label) == (["new"], "Blue Harbor Agency (NPN 9900001)")


def test_the_preview_shows_the_assignment(desk, ines):
    run = desk.read(wish(), kind="assignment")
    assert row(run).label == "Ines Abernathy (NPN 88100001)"
    assert row(run).changes == {
        "loa_category": ["", "life"],
        "states": ["", "OR"],
        "scorecard_type": ["", "license"],
        "agent_type": ["", "producer"],
    }


def test_the_same_assignment_in_two_chunks_is_made_once(desk, ines, monkeypatch):
    monkeypatch.setattr("producers.imports.assignment.AssignmentUpload.rows_at_once", 1)
    run = desk.assigned(wish(), wish(states="CA"), wish())
    assert outcomes(run) == ["new", "new", "unchanged"]
    assert ines.assignments.count() == 2


def test_higher_rooms_hear_once_a_chunk(desk):
    heard = []

    def hear(*, producer_ids, **_):
        heard.append(set(producer_ids))

    assignments_changed.connect(hear)
    try:
        desk.processed(assigned(1), assigned(2), agent(3), assigned(1, states="CA"))
    finally:
        assignments_changed.disconnect(hear)
    assert heard == [{person(1).pk, person(2).pk}]
