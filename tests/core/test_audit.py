from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from structlog.contextvars import bound_contextvars

from core.actor import Actor
from core.audit import services, triggers
from core.audit.models import AuditEntry
from core.audit.selectors import history_for
from core.audit.services import AuditRecord
from core.errors import Conflict

pytestmark = pytest.mark.django_db
NIGHT = Actor.task("nightly sync")


@pytest.fixture
def _triggers():
    """The suite removes the triggers to flush its databases; here they are the subject."""
    triggers.remove(connection)
    triggers.install(connection)


def test_an_entry_says_who_did_what_to_which_record_and_why(staff):
    user = staff()
    services.record(
        "user.renamed",
        actor=Actor.person(user),
        subject=user,
        changes={"name": ["Ines", "Inês"]},
        reason="asked for it",
    )
    entry = history_for(user).get()
    assert (entry.actor.label, entry.actor.user_id) == ("Ines Abernathy", user.pk)
    assert (entry.changes, entry.reason) == ({"name": ["Ines", "Inês"]}, "asked for it")


def test_entries_of_one_operation_share_its_id():
    with services.operation() as operation_id:
        services.record("a", actor=NIGHT, subject=None)
        services.record_many([AuditRecord("b", NIGHT), AuditRecord("c", NIGHT)])
    services.record("d", actor=NIGHT, subject=None)
    assert AuditEntry.objects.filter(operation_id=operation_id).count() == 3


@pytest.mark.usefixtures("_triggers")
def test_many_entries_are_as_complete_as_single_ones(staff, monkeypatch):
    monkeypatch.setattr(services, "AT_ONCE", 2)
    user, shared = staff(), {"ssn": ["", "078-05-1120"], "seen": [None, date(2026, 3, 2)]}
    given = [AuditRecord(f"user.looked_{n}", Actor.person(user), user, shared, "many") for n in range(5)]
    with bound_contextvars(request_id="r-1"), services.operation():
        services.record_many(iter(given))
        single = services.record(
            "user.looked_5", actor=Actor.person(user), subject=user, changes=shared, reason="many"
        )
    entries = list(AuditEntry.objects.order_by("pk"))
    assert [entry.action for entry in entries] == [f"user.looked_{n}" for n in range(6)]
    own = ("id", "at", "action")
    columns = [field.attname for field in AuditEntry._meta.concrete_fields if field.name not in own]
    single.refresh_from_db()
    for entry in entries:
        assert {name: getattr(entry, name) for name in columns} == {
            name: getattr(single, name) for name in columns
        }


def test_a_secret_is_said_to_have_changed_but_not_shown():
    services.record("p.edited", actor=NIGHT, subject=None, changes={"ssn": ["", "078-05-1120"]})
    assert AuditEntry.objects.get().changes == {"ssn": ["", services.HIDDEN]}


def test_no_entry_survives_the_rollback_of_its_action():
    with transaction.atomic():
        services.record("a", actor=NIGHT, subject=None)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_the_model_refuses_to_change_or_delete():
    entry = services.record("a", actor=NIGHT, subject=None)
    for attempt in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(Conflict):
            attempt()
    with pytest.raises(Conflict):
        AuditEntry.objects.update(action="b")


@pytest.mark.usefixtures("_triggers")
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_auditentry SET action = 'b'", "DELETE FROM audit_auditentry"]
)
def test_the_database_refuses_too(statement):
    services.record("a", actor=NIGHT, subject=None)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.get().action == "a"


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.usefixtures("_triggers")
def test_the_database_refuses_to_truncate():
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE audit_auditentry")
