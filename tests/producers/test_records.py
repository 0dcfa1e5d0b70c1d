from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from core import clock
from core.audit.models import AuditEntry
from core.errors import Conflict, InvalidInput
from core.jobs.models import Job
from producers.facts import license_facts
from producers.models import License, Producer, SyncItem, SyncState
from producers.services import DuplicateProducer, create_producer, update_producer
from tests.producers.cast import TESTER, put_on_file

pytestmark = pytest.mark.django_db


def faults(refusal) -> dict[str, str]:
    return {error["path"]: error["message"] for error in refusal.value.errors}


def test_a_tracked_producer_with_an_npn_is_synced_at_once():
    ines = put_on_file("88100001", tracking="active")
    assert ines.sync_status == "queued"
    assert SyncItem.objects.filter(producer=ines, done_at=None).count() == 1
    assert Job.objects.filter(kind="producers.sync_producers").count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"npn": "88100001", "tracking": "inactive"},
        {"npn": None, "tracking": "active"},
        {"entity_type": "firm", "npn": "999", "dummy_npn": True, "tracking": "inactive"},
    ],
)
def test_nobody_is_asked_about_the_untracked_the_unknown_and_dummies(fields):
    assert put_on_file(**fields).sync_status == "not_started"
    assert not Job.objects.exists()


def test_names_are_kept_for_sorting():
    assert (
        put_on_file(first_name="Ines", middle_name="M", last_name="Van Dorn").sort_name == "van dorn, ines m"
    )
    assert put_on_file(entity_type="firm", company_name="Blue Harbor LLC").sort_name == "blue harbor llc"


def test_every_fault_is_found_at_once():
    with pytest.raises(InvalidInput) as refusal:
        put_on_file(
            "12345678901", last_name="", email="nobody", resident_state="ZZ", birth_date=date(2999, 1, 1)
        )
    assert set(faults(refusal)) == {"npn", "last_name", "email", "resident_state", "birth_date"}
    assert not Producer.objects.exists()


def test_a_duplicate_npn_names_who_has_it(ines):
    with pytest.raises(DuplicateProducer, match="NPN 88100001 belongs to Ines Abernathy") as refusal:
        put_on_file("88100001")
    assert refusal.value.existing == ines


def test_a_duplicate_ssn_names_neither_who_has_it_nor_the_number():
    put_on_file(first_name="Ines", ssn="123-45-6789")
    with pytest.raises(DuplicateProducer, match="on file already") as refusal:
        put_on_file(last_name="Marsh", ssn="123456789")
    told = f"{refusal.value} {refusal.value.fix} {refusal.value.errors}"
    assert "Ines" not in told
    assert "123" not in told
    assert refusal.value.existing is None


def test_personal_data_is_unreadable_in_the_database():
    ines = put_on_file(ssn="123-45-6789", birth_date=date(1980, 2, 3))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ssn, birth_date, ssn_last4, ssn_hash FROM producers_producer WHERE id = %s", [ines.pk]
        )
        ssn, birth_date, last4, hashed = cursor.fetchone()
    assert b"123456789" not in bytes(ssn)
    assert b"1980" not in bytes(birth_date)
    assert last4 == "6789"
    assert hashed
    assert "6789" not in hashed


def test_only_an_agency_may_carry_a_dummy_npn():
    with pytest.raises(InvalidInput, match="Only an agency"):
        put_on_file("999", dummy_npn=True)


def test_a_dummy_npn_cannot_be_tracked():
    with pytest.raises(InvalidInput, match="never sent to the registry"):
        put_on_file("999", entity_type="firm", dummy_npn=True, tracking="active")


def test_an_agency_with_a_dummy_npn_is_untracked_unless_told():
    fields = {"entity_type": "firm", "company_name": "Blue Harbor", "npn": "999", "dummy_npn": True}
    assert create_producer(fields, actor=TESTER).tracking == "inactive"


def test_an_individual_is_nobodys_agency(ines):
    with pytest.raises(InvalidInput, match="Ines Abernathy is an individual"):
        put_on_file(agency=ines)


def test_agencies_do_not_belong_to_one_another_in_a_circle():
    above = put_on_file(entity_type="firm", company_name="Above")
    below = put_on_file(entity_type="firm", company_name="Below", agency=above)
    with pytest.raises(InvalidInput, match="cannot belong to itself"):
        update_producer(above.pk, {"agency": below}, actor=TESTER)


def test_creating_is_in_the_audit_trail_without_personal_data():
    put_on_file("88100001", ssn="123-45-6789", birth_date=date(1980, 2, 3))
    entry = AuditEntry.objects.get(action="producer.created")
    assert entry.changes["npn"] == [None, "88100001"]
    assert "6789" not in str(entry.changes)
    assert "1980" not in str(entry.changes)


def test_an_update_says_what_changed(ines):
    update_producer(ines.pk, {"email": "Ines@Example.com"}, actor=TESTER)
    entry = AuditEntry.objects.get(action="producer.updated")
    assert entry.changes == {"email": ["", "ines@example.com"]}


def test_an_update_that_changes_nothing_writes_nothing(ines):
    update_producer(ines.pk, {"first_name": "Ines"}, actor=TESTER)
    ines.refresh_from_db()
    assert ines.version == 1
    assert not AuditEntry.objects.filter(action="producer.updated").exists()


def test_a_stale_update_is_refused(ines):
    update_producer(ines.pk, {"first_name": "Inés"}, actor=TESTER, expected_version=1)
    with pytest.raises(Conflict, match="Somebody else changed"):
        update_producer(ines.pk, {"first_name": "Agnes"}, actor=TESTER, expected_version=1)
    ines.refresh_from_db()
    assert ines.first_name == "Inés"


def test_leaving_personal_data_out_keeps_it():
    ines = put_on_file(ssn="123-45-6789")
    update_producer(ines.pk, {"first_name": "Ines"}, actor=TESTER)
    ines.refresh_from_db()
    assert (ines.ssn, ines.ssn_last4) == ("123456789", "6789")


def test_an_individual_stays_an_individual(ines):
    with pytest.raises(InvalidInput, match="stays an individual"):
        update_producer(ines.pk, {"entity_type": "firm"}, actor=TESTER)


def test_another_npn_is_read_afresh():
    ines = put_on_file("88100001", tracking="active")
    SyncItem.objects.update(done_at=clock.now(), status="success")
    Producer.objects.filter(pk=ines.pk).update(sync_status="success", last_synced_at=clock.now())
    changed = update_producer(ines.pk, {"npn": "88100002"}, actor=TESTER)
    assert changed.sync_status == "queued"
    assert changed.last_synced_at is None


def test_what_was_read_under_another_npn_is_held_no_more():
    ines = put_on_file("88100001")
    License.objects.create(producer=ines, state="CA", license_number="1", active=True, known_from=clock.now())
    SyncState.objects.update_or_create(producer=ines, defaults={"report_digest": "that of another"})
    update_producer(ines.pk, {"npn": "88100002"}, actor=TESTER)
    assert license_facts([ines.pk]) == {}
    assert ines.licenses.filter(removed_at=None).exclude(known_to=None).count() == 1
    assert SyncState.objects.get(producer=ines).report_digest == ""


def test_another_npn_while_a_sync_waits_is_read_by_that_sync():
    ines = put_on_file("88100001", tracking="active")
    assert update_producer(ines.pk, {"npn": "88100002"}, actor=TESTER).sync_status == "queued"
    assert SyncItem.objects.count() == 1


def test_tracking_turned_on_by_an_edit_reads_who_was_never_read(ines):
    assert update_producer(ines.pk, {"tracking": "active"}, actor=TESTER).sync_status == "queued"
