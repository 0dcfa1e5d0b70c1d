"""Rows of the upload ``agent``: whom they put on file, whom they update, and what they refuse."""

from __future__ import annotations

import pytest

from core.audit.models import AuditEntry
from core.crypto import keyed_hash
from producers.enums import SyncStatus, Tracking
from producers.models import Producer, SyncState
from producers.models.producer import SSN_HASH_PURPOSE
from producers.services import create_producer, update_producer
from producers.sync.runs import sync_cost
from tests.producers.cast import put_on_file
from tests.producers.imports.desk import TASK, agent, assigned, errors, outcomes, person, row, warnings

pytestmark = pytest.mark.django_db
SSN = "123-45-6789"


def test_a_preview_writes_nothing(desk):
    before = Producer.objects.count()
    run = desk.read(agent(), agent(2, agency_npn="9900002", agency_name="New Harbor"))
    assert outcomes(run) == ["new", "new"]
    assert Producer.objects.count() == before


def test_a_new_row_puts_a_producer_on_file(desk, harbor):
    desk.processed(agent(agent_email="Ines@Example.com", agent_ssn=SSN, external_id="E-1"))
    ines = person()
    assert (ines.first_name, ines.last_name, ines.sort_name) == ("Ines", "Abernathy", "abernathy, ines")
    assert (ines.email, ines.external_id, ines.agency) == ("ines@example.com", "E-1", harbor)
    assert (ines.ssn, ines.ssn_last4) == ("123456789", "6789")
    assert ines.ssn_hash == keyed_hash("123456789", SSN_HASH_PURPOSE)
    assert (ines.entity_type, ines.tracking, ines.version) == ("individual", Tracking.ACTIVE, 1)
    assert ines.created_at
    assert ines.updated_at


def test_an_uploaded_producer_is_what_the_service_for_one_makes(desk, harbor):
    fields = {"npn": "88100002", "first_name": "Ines", "last_name": "Abernathy", "agency": harbor}
    one = create_producer({**fields, "email": "i@example.com", "ssn": "123456780"}, actor=TASK)
    desk.processed(agent(1, agent_email="i@example.com", agent_ssn="123-45-6781"))
    names = [f.name for f in Producer._meta.concrete_fields]
    apart = {"id", "npn", "ssn", "ssn_hash", "ssn_last4", "created_at", "updated_at", "sync_status_at"}
    assert {n: getattr(person(), n) for n in names if n not in apart} == {
        n: getattr(Producer.objects.get(pk=one.pk), n) for n in names if n not in apart
    }
    said = dict(AuditEntry.objects.filter(action="producer.created").values_list("subject_id", "changes"))
    ours, theirs = said[str(person().pk)], said[str(one.pk)]
    assert {**ours, "npn": theirs["npn"]} == theirs


def test_the_preview_shows_a_new_producer_field_by_field(desk):
    run = desk.read(assigned(agent_ssn=SSN, agent_email="i@example.com"))
    assert row(run).label == "Ines Abernathy (NPN 88100001)"
    assert row(run).changes == {
        "agency_npn": ["", "9900001"],
        "agent_npn": ["", "88100001"],
        "first_name": ["", "Ines"],
        "last_name": ["", "Abernathy"],
        "agent_email": ["", "i@example.com"],
        "agent_ssn": ["", "•••-••-6789"],
        "states": ["", "OR"],
        "loa_category": ["", "life"],
        "scorecard_type": ["", "license"],
        "agent_type": ["", "producer"],
    }


def test_a_row_updates_the_producer_with_its_npn(desk, harbor):
    old = put_on_file("88100001", first_name="Inez", last_name="Abernathy", email="old@example.com")
    run = desk.read(agent(agent_email="new@example.com"))
    assert outcomes(run) == ["update"]
    assert row(run).changes == {
        "agency_npn": ["", "9900001"],
        "first_name": ["Inez", "Ines"],
        "agent_email": ["old@example.com", "new@example.com"],
    }
    desk.process(run)
    ines = person()
    assert (ines.pk, ines.first_name, ines.email, ines.agency) == (old.pk, "Ines", "new@example.com", harbor)
    assert ines.version == old.version + 1
    assert ines.updated_at > old.updated_at
    assert ines.sort_name == "abernathy, ines"


def test_an_upload_tells_the_trail_what_the_service_for_one_tells(desk, harbor):
    for number in (1, 2):
        put_on_file(f"8810000{number}", first_name="Inez", last_name="Abernathy", ssn=f"12345678{number}")
    fields = {"first_name": "Ines", "email": "i@example.com", "ssn": "223456789", "agency": harbor}
    update_producer(person(2).pk, fields, actor=TASK)
    desk.processed(agent(1, agent_email="i@example.com", agent_ssn="223-45-6780"))
    said = dict(AuditEntry.objects.filter(action="producer.updated").values_list("subject_id", "changes"))
    assert said[str(person(1).pk)] == said[str(person(2).pk)]


def test_blank_cells_never_blank_out_what_is_on_file(desk, harbor):
    put_on_file(
        "88100001", first_name="Ines", last_name="Abernathy", email="i@example.com", ssn="123456789",
        external_id="E-1", agency=harbor, phone="555",
    )  # fmt: skip
    run = desk.processed(agent(agent_email="", agent_ssn="", external_id=""))
    assert outcomes(run) == ["unchanged"]
    ines = person()
    assert (ines.email, ines.ssn, ines.external_id, ines.phone) == (
        "i@example.com",
        "123456789",
        "E-1",
        "555",
    )


def test_what_is_not_in_the_file_is_left_alone_by_an_update(desk, harbor):
    put_on_file("88100001", last_name="Abernathy", first_name="Inez", ssn="123456789", birth_date=None,
                middle_name="M.", suffix="Jr.", phone="555", resident_state="OR", tracking="inactive")  # fmt: skip
    desk.processed(agent())
    ines = person()
    assert (ines.middle_name, ines.suffix, ines.phone, ines.resident_state) == ("M.", "Jr.", "555", "OR")
    assert (ines.ssn, ines.ssn_last4, ines.tracking) == ("123456789", "6789", "inactive")
    assert ines.sort_name == "abernathy, ines m."


def test_the_same_row_again_changes_nothing(desk):
    desk.processed(assigned(agent_ssn=SSN, agent_email="i@example.com"))
    before = person()
    run = desk.processed(agent(2), assigned(agent_ssn=SSN, agent_email="i@example.com"))
    assert outcomes(run) == ["new", "unchanged"]
    assert (person().version, person().updated_at) == (before.version, before.updated_at)


def test_another_number_is_shown_by_its_end_only(desk, harbor):
    put_on_file("88100001", first_name="Ines", last_name="Abernathy", ssn="123456789", agency=harbor)
    run = desk.read(agent(agent_ssn="223-45-4321"))
    assert row(run).changes == {"agent_ssn": ["•••-••-6789", "•••-••-4321"]}
    desk.process(run)
    assert person().ssn == "223454321"
    assert person().ssn_last4 == "4321"


def test_the_trail_says_that_a_number_changed_and_not_which(desk):
    desk.processed(agent(agent_ssn=SSN))
    desk.processed(agent(agent_ssn="223-45-4321"))
    entries = AuditEntry.objects.filter(action__startswith="producer.", subject_id=str(person().pk)).order_by(
        "pk"
    )
    assert [entry.changes["ssn"] for entry in entries] == [[None, "(hidden)"], ["(hidden)", "(hidden)"]]


def test_a_number_of_somebody_else_is_refused_without_a_name(desk):
    put_on_file("88100009", last_name="Quill", ssn="123456789")
    run = desk.read(agent(agent_ssn=SSN))
    assert errors(run) == [("agent_ssn", "duplicate")]
    [said] = row(run).problems
    assert "Quill" not in str(said)
    assert "88100009" not in str(said)
    assert "6789" not in said["message"]


def test_a_number_of_somebody_without_an_npn_is_refused_too(desk):
    put_on_file(None, last_name="Quill", ssn="123456789")
    assert errors(desk.read(agent(agent_ssn=SSN))) == [("agent_ssn", "duplicate")]


def test_a_number_does_not_become_free_within_the_file_that_gives_it_away(desk):
    """Otherwise the order of the rows would decide."""
    put_on_file("88100001", first_name="Ines", last_name="Abernathy", ssn="123456789")
    rows = agent(1, agent_ssn="223-45-4321"), agent(2, agent_ssn=SSN)
    assert errors(desk.read(*rows), 3) == [("agent_ssn", "duplicate")]
    assert errors(desk.read(*reversed(rows)), 2) == [("agent_ssn", "duplicate")]


def test_the_npn_of_an_agency_is_no_persons(desk):
    run = desk.read(agent(agent_npn="9900001", agency_npn="9900002", agency_name="Other"))
    assert errors(run) == [("agent_npn", "is_an_agency")]


def test_all_errors_of_a_row_are_told_at_once(desk):
    put_on_file("88100009", last_name="Quill", ssn="123456789")
    run = desk.read(
        agent(
            last_name="",
            agent_email="nowhere",
            agent_ssn=SSN,
            states="ZZ",
            cocodes="11111",
            agency_npn="88100009",
        )
    )
    assert sorted(errors(run)) == [
        ("agency_npn", "not_an_agency"),
        ("agent_email", "malformed"),
        ("agent_ssn", "duplicate"),
        ("cocodes", "unknown_company"),
        ("last_name", "required"),
        ("loa_category", "required"),
        ("scorecard_type", "required"),
        ("states", "unknown_state"),
    ]


def test_an_address_too_long_for_its_column_is_an_error_of_the_row(desk):
    address = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.com"
    assert errors(desk.read(agent(agent_email=address))) == [("agent_email", "too_long")]


def test_a_surname_that_differs_from_the_registrys_is_a_warning(desk, harbor):
    ines = put_on_file("88100001", first_name="Ines", last_name="Abernathy", agency=harbor)
    Producer.objects.filter(pk=ines.pk).update(last_report_at=ines.created_at)
    SyncState.objects.create(producer=ines, registry_values={"last_name": "ABERNATHY"})
    assert warnings(desk.read(agent())) == []
    run = desk.read(agent(last_name="Abernethy"))
    assert (outcomes(run), warnings(run)) == (["update"], [("last_name", "registry_name")])
    assert "ABERNATHY" in row(run).problems[0]["message"]


def test_a_warning_stays_with_a_processed_row_once(desk, harbor):
    ines = put_on_file("88100001", first_name="Ines", last_name="Abernathy", agency=harbor)
    Producer.objects.filter(pk=ines.pk).update(last_report_at=ines.created_at)
    SyncState.objects.create(producer=ines, registry_values={"last_name": "ABERNATHY"})
    run = desk.processed(agent(last_name="Abernethy"))
    assert (row(run).state, warnings(run)) == ("done", [("last_name", "registry_name")])


def test_reports_of_new_producers_and_agencies_are_foreseen_with_their_price(desk):
    run = desk.read(
        agent(1), agent(2, agency_npn="9900002", agency_name="New Harbor"), agent(3, agency_npn="9900002"),
        assigned(1), agent(4, agent_npn="no"),
    )  # fmt: skip
    assert run.foreseen == {"reports": 4, "cost_cents": sync_cost(4)}


def test_an_update_foresees_no_report(desk):
    put_on_file("88100001", last_name="Abernathy")
    assert desk.read(agent()).foreseen == {}


def test_further_rows_of_a_new_producer_update_it(desk):
    run = desk.processed(agent(), assigned(agent_email="i@example.com"), assigned(states="CA"))
    assert outcomes(run) == ["new", "update", "update"]
    assert row(run, 3).changes["agent_email"] == ["", "i@example.com"]
    assert person().email == "i@example.com"
    assert person().version == 1
    assert person().assignments.count() == 2


def test_a_row_that_is_wrong_takes_nothing_from_the_next_about_the_same_person(desk):
    run = desk.processed(assigned(states="ZZ"), assigned(states="OR"))
    assert outcomes(run) == ["error", "new"]
    assert [a.states for a in person().assignments.all()] == [["OR"]]


def test_chunks_know_what_earlier_ones_would_do(desk, monkeypatch):
    monkeypatch.setattr("producers.imports.agent.AgentUpload.rows_at_once", 1)
    rows = [
        agent(1, agency_npn="9900002"),
        agent(1, agency_npn="9900002", agency_name="New Harbor"),
        assigned(1, agency_npn="9900002"),
        assigned(1, agency_npn="9900002"),
        agent(2, agency_npn="9900002"),
    ]
    run = desk.read(*rows)
    assert outcomes(run) == ["new", "unchanged", "update", "unchanged", "new"]
    assert run.foreseen["reports"] == 3
    desk.process(run)
    assert person(2).agency.company_name == "New Harbor"
    assert person(1).assignments.count() == 1


def test_what_an_upload_did_stands_together_in_the_trail(desk, monkeypatch):
    monkeypatch.setattr("producers.imports.agent.AgentUpload.rows_at_once", 1)
    run = desk.processed(assigned(1), assigned(2))
    entries = AuditEntry.objects.filter(
        action__in=["producer.created", "assignment.created"], actor_kind="import"
    )
    assert entries.count() == 4
    assert {entry.actor_label for entry in entries} == {f"Upload {run.pk} (tests)"}
    assert len(set(entries.values_list("operation_id", flat=True))) == 1


def test_what_came_of_a_row_is_kept_by_ids(desk, harbor):
    run = desk.processed(assigned(agency_npn="9900002", agency_name="New Harbor"))
    ines = person()
    assert row(run).effect == {
        "producer": ines.pk,
        "made": ["producer", "agency", "assignment"],
        "agency": ines.agency_id,
        "assignment": ines.assignments.get().pk,
    }


def test_an_untracked_producer_stays_untracked(desk):
    put_on_file("88100001", last_name="Abernathy")
    desk.processed(agent())
    assert person().tracking == Tracking.INACTIVE
    assert person().sync_status == SyncStatus.NOT_STARTED


@pytest.mark.parametrize("column", ["external_id", "first_name", "agent_email", "agency_name"])
def test_a_social_security_number_in_another_column_is_put_on_file_nowhere(desk, column):
    run = desk.processed(agent(1, agency_npn="9900077", agency_name="Acme") | {column: "078-05-1120"})
    assert [code for where, code in errors(run) if where == column]
    assert not Producer.objects.filter(npn__in=["88100001", "9900077"]).exists()
    assert "078-05-1120" not in str(list(AuditEntry.objects.values_list("changes", flat=True)))
