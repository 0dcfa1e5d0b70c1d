from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from core.audit.models import AuditEntry
from producers.models import Producer, ProducerAssignment
from tests.producers.cast import put_on_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("states")]

INES: dict[str, Any] = {
    "entity_type": "individual",
    "npn": "88100001",
    "first_name": "Ines",
    "last_name": "Abernathy",
    "tracking": "inactive",
}


def errors(answer) -> str:
    assert answer.status_code == 422
    return answer.content.decode()


def test_a_producer_is_added(specialist):
    answer = specialist.post(reverse("producers:new"), INES | {"resident_state": "OR", "ssn": "123-45-6789"})
    producer = Producer.objects.get()
    assert answer.url == reverse("producers:page", args=[producer.pk])
    assert (producer.npn, producer.resident_state, producer.ssn_last4) == ("88100001", "OR", "6789")


def test_an_agency_is_added(specialist):
    fields = {"entity_type": "firm", "company_name": "Blue Harbor", "npn": "9", "dummy_npn": "on"}
    specialist.post(reverse("producers:new_agency"), fields | {"tracking": "inactive"})
    assert Producer.objects.get().dummy_npn


def test_an_agency_is_found_by_its_npn_or_name(specialist):
    agency = put_on_file("500", entity_type="firm", company_name="Blue Harbor LLC")
    for npn, said in (("1", "500"), ("2", "blue harbor llc")):
        specialist.post(reverse("producers:new"), INES | {"npn": npn, "agency": said})
        assert Producer.objects.get(npn=npn).agency == agency


def test_an_agency_that_is_not_on_file_is_said(specialist):
    assert "No agency “Nobody” is on file" in errors(
        specialist.post(reverse("producers:new"), INES | {"agency": "Nobody"})
    )


def test_what_was_typed_stays_when_something_is_wrong(specialist):
    page = errors(specialist.post(reverse("producers:new"), INES | {"npn": "12345678901"}))
    assert "has 11 digits" in page
    assert 'value="12345678901"' in page
    assert 'value="Abernathy"' in page
    assert not Producer.objects.exists()


def test_a_duplicate_leads_to_who_is_on_file(specialist, ines):
    page = errors(specialist.post(reverse("producers:new"), INES))
    assert "belongs to Ines Abernathy" in page
    assert reverse("producers:page", args=[ines.pk]) in page


def test_hostile_names_are_escaped_in_the_duplicate_link(specialist):
    put_on_file("88100001", first_name="<img src=x onerror=alert(1)>")
    page = errors(specialist.post(reverse("producers:new"), INES))
    assert "<img src=x" not in page


def test_a_producer_is_edited(specialist, ines):
    answer = specialist.post(
        reverse("producers:edit", args=[ines.pk]), INES | {"email": "ines@example.com", "version": "1"}
    )
    assert answer.url == reverse("producers:page", args=[ines.pk])
    ines.refresh_from_db()
    assert (ines.email, ines.version) == ("ines@example.com", 2)


def test_somebody_elses_change_is_not_overwritten(specialist, ines):
    Producer.objects.update(version=2)
    page = errors(
        specialist.post(reverse("producers:edit", args=[ines.pk]), INES | {"email": "a@b.co", "version": "1"})
    )
    assert "Somebody else changed this record" in page
    assert 'value="a@b.co"' in page


def test_the_edit_form_never_holds_personal_data(specialist):
    ines = put_on_file("1", ssn="123-45-6789", birth_date=date(1980, 2, 3))
    page = specialist.get(reverse("producers:edit", args=[ines.pk])).content.decode()
    assert "ending in 6789" in page
    assert "123-45" not in page
    assert "1980" not in page


def test_personal_data_left_blank_stays(specialist):
    ines = put_on_file("1", ssn="123-45-6789")
    specialist.post(reverse("producers:edit", args=[ines.pk]), INES | {"npn": "1", "ssn": "", "version": "1"})
    ines.refresh_from_db()
    assert ines.ssn == "123456789"


@pytest.mark.parametrize("name", ["new", "new_agency"])
def test_adding_needs_the_right(auditor, name):
    answer = auditor.post(reverse(f"producers:{name}"), INES)
    assert answer.status_code == 403
    assert "Can add producer" in answer.content.decode()
    assert not Producer.objects.exists()


def test_editing_needs_the_right(auditor, ines):
    assert auditor.post(reverse("producers:edit", args=[ines.pk]), INES).status_code == 403


def test_agencies_are_suggested_while_typing(specialist):
    put_on_file("500", entity_type="firm", company_name="Blue Harbor & Sons")
    put_on_file("88", first_name="Blue", last_name="Person")
    page = specialist.get(reverse("producers:agency_suggestions"), {"agency": "Blue"}).content.decode()
    assert '<option value="500">Blue Harbor &amp; Sons</option>' in page
    assert "Person" not in page


class TestAssignments:
    @pytest.fixture
    def fields(self, heron) -> dict[str, Any]:
        return {
            "states": ["OR", "CA"],
            "loa_categories": ["life"],
            "cocodes": [heron],
            "agent_type": "producer",
            "scorecard_type": "license_and_appointment",
        }

    def test_is_added(self, specialist, ines, fields):
        answer = specialist.post(reverse("producers:assignment_new", args=[ines.pk]), fields)
        assert answer.url.endswith("?tab=assignments")
        assert ines.assignments.get().states == ["CA", "OR"]

    def test_is_edited(self, specialist, ines, fields):
        specialist.post(reverse("producers:assignment_new", args=[ines.pk]), fields)
        assignment = ines.assignments.get()
        page = specialist.get(reverse("producers:assignment_edit", args=[assignment.pk])).content.decode()
        assert 'value="CA" id="id_states_0" checked' in page
        changed = fields | {"states": ["TX"], "version": "1"}
        specialist.post(reverse("producers:assignment_edit", args=[assignment.pk]), changed)
        assignment.refresh_from_db()
        assert assignment.states == ["TX"]

    def test_is_ended_with_a_reason(self, specialist, ines, fields):
        specialist.post(reverse("producers:assignment_new", args=[ines.pk]), fields)
        assignment = ines.assignments.get()
        specialist.post(reverse("producers:assignment_end", args=[assignment.pk]), {"reason": "Moved"})
        assignment.refresh_from_db()
        assert assignment.ended_at is not None
        assert specialist.get(reverse("producers:assignment_edit", args=[assignment.pk])).status_code == 404

    def test_says_what_is_missing(self, specialist, ines, fields):
        page = errors(
            specialist.post(reverse("producers:assignment_new", args=[ines.pk]), fields | {"cocodes": []})
        )
        assert "needs at least one company" in page
        assert not ProducerAssignment.objects.exists()

    def test_a_preview_saves_nothing(self, specialist, ines, fields):
        answer = specialist.post(
            reverse("producers:assignment_new", args=[ines.pk]), fields | {"preview": "1"}
        )
        assert answer.status_code == 200
        assert "What would change" in answer.content.decode()
        assert not ProducerAssignment.objects.exists()

    def test_needs_the_right(self, auditor, ines, fields):
        answer = auditor.post(reverse("producers:assignment_new", args=[ines.pk]), fields)
        assert answer.status_code == 403
        assert not ProducerAssignment.objects.exists()


def test_a_nul_that_no_database_keeps_is_dropped(specialist, ines):
    fields = {
        "states": ["OR"],
        "loa_categories": ["life"],
        "agent_type": "producer",
        "scorecard_type": "license",
    }
    specialist.post(reverse("producers:assignment_new", args=[ines.pk]), fields)
    assignment = ines.assignments.get()
    specialist.post(reverse("producers:assignment_end", args=[assignment.pk]), {"reason": "Mo\x00ved"})
    assert AuditEntry.objects.get(action="assignment.ended").reason == "Moved"
    assert specialist.get(reverse("producers:agency_suggestions"), {"agency": "\x00"}).status_code == 200
