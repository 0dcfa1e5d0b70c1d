"""How uploads of producers are written: in few statements, whole, and beside others who do the same."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actor import Actor
from core.audit.models import AuditEntry
from core.errors import NotAllowed
from core.imports import services
from core.imports.models import ImportRow
from producers import access
from producers.imports import AGENT, ASSIGNMENT
from producers.models import Producer, ProducerAssignment
from producers.services import create_producer
from producers.services.validation import is_email
from tests.producers.cast import put_on_file
from tests.producers.imports.desk import TASK, Desk, agent, assigned, outcomes, person, row

pytestmark = pytest.mark.django_db


def queries_of(monkeypatch, method, do):
    """Queries of each call of a method of the upload while something is done."""
    counts = []
    real = getattr(type(AGENT), method)

    def counted(self, *args):
        with CaptureQueriesContext(connection) as seen:
            real(self, *args)
        counts.append(len(seen))

    monkeypatch.setattr(type(AGENT), method, counted)
    done = do()
    monkeypatch.undo()
    return counts, done


def rows(first, count):
    """Of each kind: new, with a new agency, on file and changed."""
    return [
        assigned(
            agent_npn=str(first + number),
            agency_npn=str(first + 5000 + number % 3),
            agency_name=f"Agency {number % 3}",
            agent_ssn=f"{first // 1_000_000:03}-11-{1000 + number}",
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("method", ["judge", "write"])
def test_a_chunk_takes_as_many_queries_with_three_rows_as_with_thirty(desk, monkeypatch, method):
    found = []
    for first, count in ((1_001_000, 3), (2_002_000, 30)):
        new = rows(first, count)
        counts, _run = queries_of(monkeypatch, method, lambda new=new: desk.processed(*new))
        again = [{**each, "first_name": "Inez", "states": "CA", "agent_ssn": ""} for each in new]
        more, _run = queries_of(monkeypatch, method, lambda again=again: desk.processed(*again))
        found.append((counts, more))
    assert found[0] == found[1]
    assert all(len(counts) == 1 for counts in found[0])


def test_a_row_whose_producer_came_on_file_since_is_an_update(desk):
    run = desk.read(agent(1, agent_email="i@example.com"), agent(2))
    put_on_file("88100001", first_name="Ines", last_name="Faster")
    desk.process(run)
    assert (row(run).state, row(run).outcome) == ("done", "update")
    assert row(run).changes["last_name"] == ["Faster", "Abernathy"]
    assert (person(1).email, person(1).last_name) == ("i@example.com", "Abernathy")


def test_a_row_whose_number_was_taken_since_fails_alone(desk):
    run = desk.read(agent(1, agent_ssn="123-45-6789"), agent(2))
    put_on_file("88100009", ssn="123456789")
    desk.process(run)
    assert [row(run, number).state for number in (2, 3)] == ["failed", "done"]
    assert row(run).problems[0]["code"] == "duplicate"


def test_an_agency_that_came_on_file_since_is_taken(desk):
    run = desk.read(agent(agency_npn="9900002", agency_name="New Harbor"))
    there = put_on_file("9900002", entity_type="firm", company_name="Other Harbor")
    desk.process(run)
    assert person().agency == there
    assert row(run).effect["made"] == ["producer"]


def test_an_agency_that_went_off_file_since_is_made_again_by_its_name(desk, harbor):
    run = desk.read(agent(agency_name="Blue Harbor Agency"))
    harbor.delete()
    desk.process(run)
    assert person().agency.company_name == "Blue Harbor Agency"


def test_rows_mended_and_checked_again_are_processed(desk):
    run = desk.processed(agent(1), assigned(2, states="ZZ", agency_npn="9900002", agency_name="New Harbor"))
    services.mend(run, 3, {"states": "CA"}, actor=TASK)
    run = services.check_again(run, actor=TASK, wait=True)
    assert outcomes(run) == ["new", "new"]
    desk.process(run)
    assert person(2).assignments.get().states == ["CA"]


def test_no_number_stands_in_the_rows_the_trail_or_the_messages(desk):
    desk.processed(
        agent(1, agent_ssn="123-45-6789"), agent(2, agent_ssn="123456789"), agent(3, agent_ssn="123-45-6788")
    )
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for found in cursor.fetchall():
                texts = " ".join(each for each in found if isinstance(each, str))
                for number in ("123456789", "123-45-6789", "123456788", "123-45-6788"):
                    assert number not in texts, table
    assert ImportRow.objects.filter(state="done", secrets__isnull=False).count() == 0


def test_an_agent_upload_is_not_stopped_by_an_address_the_service_for_one_takes(desk):
    create_producer(
        {"npn": "5", "last_name": "X", "email": "a@localhost", "tracking": "inactive"}, actor=TASK
    )
    desk.processed(agent(agent_email="b@localhost"))
    assert person().email == "b@localhost"
    assert is_email("b@localhost")


def test_all_rows_of_a_chunk_are_written_or_none(desk, monkeypatch):
    run = desk.read(assigned(1), assigned(2))

    def fail(*_args, **_kwargs):
        raise RuntimeError("The lights went out.")

    monkeypatch.setattr("producers.services.onboarding.batch.audit.record_many", fail)
    with pytest.raises(AssertionError, match="Something went wrong"):
        desk.process(run)
    assert Producer.objects.count() == 1
    assert not ProducerAssignment.objects.exists()


def test_an_upload_takes_the_rights_to_all_that_its_rows_may_do():
    assert AGENT.rights({}) == [access.ADD_PRODUCERS, access.CHANGE_PRODUCERS, access.ASSIGN]
    assert ASSIGNMENT.rights({}) == [access.ASSIGN]


def test_a_specialist_uploads_producers(desk, leo):
    run = Desk(Actor.person(leo)).processed(agent())
    assert row(run).state == "done"
    assert AuditEntry.objects.filter(action="producer.created", actor_user_id=leo.pk).exists()


def test_who_may_not_add_producers_uploads_none(desk, otto):
    with pytest.raises(NotAllowed):
        Desk(Actor.person(otto)).read(agent())
