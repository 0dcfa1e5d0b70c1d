"""What an upload made goes again, as long as nothing has built on it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from appointments.models import BackgroundAnswers, Company, Transaction, TransactionBatch
from core import clock
from core.actor import Actor
from core.audit.models import AuditEntry
from core.errors import NotAllowed
from core.imports import services
from core.notices.models import Notice, NoticeMatter
from producers.enums import SyncRunStatus
from producers.imports import AGENT
from producers.models import Producer, ProducerAssignment, SyncRun
from producers.services import (
    create_assignment,
    reveal_ssn,
    set_tracking,
    update_assignment,
    update_producer,
)
from producers.services.onboarding import MEANING
from scorecards.models import Scorecard
from scorecards.services import ensure_scorecards
from tests.appointments.handling.cast import transactions
from tests.producers.cast import TESTER, find_change, give_license, put_on_file
from tests.producers.imports.desk import agent, assigned, person, row
from tests.producers.imports.test_assignments_of_agents import wish

pytestmark = pytest.mark.django_db


def nobody_is_read() -> None:
    """The sync of newcomers is over."""
    SyncRun.objects.update(status=SyncRunStatus.DONE)


def why(run, number=2):
    """Why a row was kept."""
    return row(run, number).problems[-1]["message"]


@pytest.fixture
def uploaded(desk):
    """One new producer with an assignment."""
    run = desk.processed(assigned(agency_npn="9900002", agency_name="New Harbor"))
    nobody_is_read()
    return run


def test_every_relation_to_a_producer_has_been_decided_on():
    """What would have to go, or to hold the producer, when an upload is undone: decide for whatever is new."""
    relations = {
        f"{each.related_model._meta.label}.{each.field.name}" for each in Producer._meta.related_objects
    }
    assert relations == MEANING.keys()


def test_new_producers_agencies_and_assignments_go_again(desk, uploaded):
    run = desk.undone(uploaded)
    assert list(Producer.objects.values_list("npn", flat=True)) == ["9900001"]
    assert not ProducerAssignment.objects.exists()
    assert row(run).state == "undone"


@pytest.mark.parametrize("lacking", ["producers.change_producer", "producers.change_producerassignment"])
def test_what_a_person_may_not_make_they_may_not_take_away(uploaded, leo, lacking):
    rights = set(AGENT.rights({})) | {"imports.add_importrun", "imports.view_importrun"}
    assert lacking in rights
    leo.groups.clear()
    for name in rights - {lacking}:
        app, _, codename = name.partition(".")
        leo.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    with pytest.raises(NotAllowed):
        services.undo(uploaded, actor=Actor.person(leo))
    assert ProducerAssignment.objects.exists()


def test_undoing_is_told_in_the_trail(desk, uploaded):
    ines = person()
    desk.undone(uploaded)
    entry = AuditEntry.objects.get(action="producer.upload_undone", subject_id=str(ines.pk))
    assert (entry.subject_label, entry.reason) == ("Ines Abernathy", f"Upload {uploaded.pk} was undone.")
    assert entry.changes == {"npn": ["88100001", None]}


def test_what_can_be_had_again_holds_nobody(desk, uploaded):
    """Facts of the registry, the sync's own books, scorecards, open changes, somebody looking."""
    ines = person()
    give_license(ines)
    find_change(ines)
    Producer.objects.filter(pk=ines.pk).update(last_synced_at=clock.now(), version=5)
    ensure_scorecards([ines.pk])
    assert Scorecard.objects.exists()
    desk.undone(uploaded)
    assert not Producer.objects.filter(npn="88100001").exists()
    assert not Scorecard.objects.exists()


def _edited(ines):
    update_producer(ines.pk, {"phone": "555"}, actor=TESTER)


def _tracked(ines):
    set_tracking([ines.pk], "inactive", actor=TESTER)


def _assigned(ines):
    create_assignment(ines.pk, {"states": ["CA"], "loa_categories": ["life"]}, actor=TESTER)


def _assignment_edited(ines):
    update_assignment(ines.assignments.get().pk, {"states": ["CA"]}, actor=TESTER)


def _answered(ines):
    BackgroundAnswers.objects.create(
        producer=ines, agent_type="producer", answers="{}", any_yes=False, answered_on=clock.today(),
        recorded_by_label="Leo", recorded_at=clock.now(),
    )  # fmt: skip


def _acknowledged(ines):
    find_change(ines, acknowledged_at=clock.now())


def _being_read(ines):
    SyncRun.objects.update(status=SyncRunStatus.RUNNING)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (_edited, "it was edited"),
        (_tracked, "its tracking was changed"),
        (_assigned, "an assignment was added"),
        (_assignment_edited, "an assignment was edited"),
        (_answered, "1 background answers"),
        (_acknowledged, "somebody has seen its changes"),
        (_being_read, "it is being read from the registry"),
    ],
)
def test_what_somebody_built_on_a_producer_keeps_it(desk, uploaded, build, said):
    build(person())
    run = desk.undone(uploaded)
    assert said in why(run)
    assert why(run).startswith("Ines Abernathy stays: ")
    assert row(run).state == "done"
    assert person().agency.company_name == "New Harbor"
    assert "The agency New Harbor stays: " in why(run)


@pytest.mark.parametrize("status", ["ready_to_submit", "closed"])
def test_transactions_keep_it_whatever_became_of_them(desk, uploaded, status):
    Company.objects.create(name="Heron Life Insurance Co", cocode="77001", loa_categories=["life"])
    transactions(1, status)
    TransactionBatch.objects.update(producer=person())
    Transaction.objects.update(producer=person())
    run = desk.undone(uploaded)
    assert "1 transaction batch, 1 transaction" in why(run)
    assert Transaction.objects.get().producer == person()


@pytest.mark.parametrize("told", ["alone", "among others"])
def test_a_notice_that_somebody_took_on_keeps_it(desk, uploaded, leo, told):
    ines = person()
    subject = ("producers.producer", str(ines.pk)) if told == "alone" else ("", "")
    notice = Notice.objects.create(
        code="x", subject_type=subject[0], subject_id=subject[1], title="Look", user=leo,
        acknowledged_at=clock.now(), acknowledged_by=leo,
    )  # fmt: skip
    if told == "among others":
        NoticeMatter.objects.create(notice=notice, code="x", subject=f"producer:{ines.pk}")
    assert "somebody has taken on a notice about it" in why(desk.undone(uploaded))


def test_a_notice_nobody_took_on_keeps_nobody(desk, uploaded, leo):
    Notice.objects.create(
        code="x", subject_type="producers.producer", subject_id=str(person().pk), title="Look", user=leo
    )
    desk.undone(uploaded)
    assert not Producer.objects.filter(npn="88100001").exists()


def test_looking_at_a_number_builds_nothing(desk, ada):
    run = desk.processed(agent(agent_ssn="123-45-6789"))
    nobody_is_read()
    reveal_ssn(person().pk, user=ada, reason="To compare it")
    desk.undone(run)
    assert not Producer.objects.filter(npn="88100001").exists()


def test_another_upload_is_somebody_else(desk, uploaded):
    desk.processed(agent(1, agency_npn="9900002", agent_email="i@example.com"))
    assert "it was edited" in why(desk.undone(uploaded))


def test_an_agency_stays_while_somebody_belongs_to_it(desk, uploaded, harbor):
    put_on_file("88100007", last_name="Quill", agency=person().agency)
    run = desk.undone(uploaded)
    assert why(run) == "The agency New Harbor stays: a producer belongs to it."
    assert not Producer.objects.filter(npn="88100001").exists()
    assert Producer.objects.filter(npn="9900002").exists()


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_agencies_go_with_the_last_of_their_members(desk, monkeypatch, at_once):
    monkeypatch.setattr("producers.imports.agent.AgentUpload.rows_at_once", at_once)
    cells = {"agency_npn": "9900002", "agency_name": "New Harbor"}
    run = desk.processed(agent(1, **cells), agent(2, **cells), assigned(1, **cells), agent(3))
    nobody_is_read()
    run = desk.undone(run)
    assert run.results["undone"] == 4
    assert list(Producer.objects.values_list("npn", flat=True)) == ["9900001"]


def test_an_assignment_of_somebody_who_was_there_before_is_ended(desk):
    ines = put_on_file("88100001", first_name="Ines", last_name="Abernathy")
    run = desk.undone(desk.processed(assigned()))
    made = ines.assignments.get()
    assert (made.version, row(run).state) == (2, "undone")
    assert made.ended_at
    entry = AuditEntry.objects.get(action="assignment.ended")
    assert (entry.subject_id, entry.reason) == (str(ines.pk), f"Upload {run.pk} was undone.")


def test_an_assignment_that_was_edited_since_stays(desk):
    ines = put_on_file("88100001", first_name="Ines", last_name="Abernathy")
    run = desk.assigned(wish())
    update_assignment(ines.assignments.get().pk, {"states": ["CA"]}, actor=TESTER)
    run = desk.undone(run)
    assert why(run) == "The assignment stays: it was edited since."
    assert ines.assignments.get().ended_at is None


def test_ending_tells_the_scorecards(desk):
    ines = put_on_file("88100001", first_name="Ines", last_name="Abernathy")
    Producer.objects.update(last_synced_at=clock.now())
    run = desk.assigned(wish())
    assert Scorecard.objects.filter(producer=ines, assignment__ended_at=None).exists()
    desk.undone(run)
    assert not Scorecard.objects.filter(producer=ines, assignment__ended_at=None).exists()


def test_a_row_that_only_changed_somebody_says_so(desk, harbor):
    put_on_file("88100001", first_name="Inez", last_name="Abernathy", agency=harbor)
    run = desk.undone(desk.processed(agent()))
    assert why(run).startswith("It changed a producer who was on file before")
    assert person().first_name == "Ines"


def test_undoing_again_finds_nothing_left(desk, uploaded):
    _edited(person())
    run = desk.undone(uploaded)
    run = desk.undone(run)
    assert row(run).state == "done"


def test_undone_rows_can_be_uploaded_anew(desk, uploaded):
    desk.undone(uploaded)
    desk.processed(assigned(agency_npn="9900002", agency_name="New Harbor"))
    assert person().agency.company_name == "New Harbor"


def test_the_trail_names_who_undid_it(desk, uploaded):
    desk.actor = Actor.task("another")
    desk.undone(uploaded)
    entry = AuditEntry.objects.filter(action="producer.upload_undone").first()
    assert entry.actor_label == f"Upload {uploaded.pk} (another)"
