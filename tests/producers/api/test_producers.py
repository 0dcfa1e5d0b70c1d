"""Producers over REST: put on file, changed, found, and asked about."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.jobs.models import Job
from producers.models import Producer
from tests.core.api.machine import Machine
from tests.producers.cast import put_on_file

pytestmark = pytest.mark.django_db
INES = {"npn": "88100001", "first_name": "Ines", "last_name": "Abernathy"}
HARBOR = {"entity_type": "firm", "company_name": "Blue Harbor Agency", "fein": "00-0000771"}


def faults(answer) -> dict[str, str]:
    return {fault["path"]: fault["code"] for fault in answer.json()["errors"]}


def test_a_new_producer_is_answered_with_its_place_and_a_sync_is_queued(api):
    answer = api.post("/producers", INES)
    said = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, "/api/v1/producers/88100001")
    assert (said["npn"], said["nipr_tracking"], said["sync_status"]) == ("88100001", "active", "queued")
    assert api.get(answer["Location"]).json() == said
    assert Job.objects.count() == 1


def test_one_that_is_not_tracked_is_not_synced(api):
    said = api.post("/producers", {**INES, "nipr_tracking": "inactive"}).json()
    assert (said["nipr_tracking"], said["sync_status"]) == ("inactive", "not_started")
    assert not Job.objects.exists()


def test_an_agency_reads_its_fein_with_the_dash(api):
    assert api.post("/producers", HARBOR).json()["fein"] == "00-0000771"
    assert Producer.objects.get().fein == "000000771"


def test_a_producer_names_its_agency_by_npn(api):
    api.post("/producers", {**HARBOR, "npn": "88200001", "nipr_tracking": "inactive"})
    assert api.post("/producers", {**INES, "agency_npn": "88200001"}).json()["agency_npn"] == "88200001"


def test_an_npn_that_is_on_file_is_a_conflict_that_names_its_holder(api, ines):
    answer = api.post("/producers", INES)
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate_producer")
    assert "Ines Abernathy" in answer.json()["detail"]
    assert faults(answer) == {"npn": "duplicate"}


@pytest.mark.parametrize("npn", ["12345678901", "12 34", "ABC", "0", "-1", "１２３"])
def test_what_is_no_npn_is_refused_at_its_place(api, npn):
    answer = api.post("/producers", {**INES, "npn": npn})
    assert (answer.status_code, set(faults(answer))) == (400, {"npn"})


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"agency_npn": "1"}, "agency_npn", "unknown_agency"),
        ({"last_name": ""}, "last_name", "required"),
        ({"email": "ines"}, "email", "invalid"),
        ({"resident_state": "ZZ"}, "resident_state", "unknown_state"),
        ({"ssn": "000-12-3456"}, "ssn", "malformed"),
        ({"birth_date": "2999-01-01"}, "birth_date", "future"),
        ({"entity_type": "robot"}, "entity_type", "invalid_choice"),
        ({"nipr_tracking": "maybe"}, "nipr_tracking", "invalid_choice"),
        ({**HARBOR, "dummy_npn": True, "nipr_tracking": "active"}, "nipr_tracking", "dummy_npn"),
        ({"state": "OR"}, "state", "unknown_field"),
    ],
)
def test_each_fault_is_named_by_the_field_that_was_sent(api, changes, path, code):
    answer = api.post("/producers", {**INES, **changes})
    assert (answer.status_code, faults(answer)) == (400, {path: code})
    assert not Producer.objects.exists()


def test_an_agency_that_is_a_person_is_named_by_the_field_that_was_sent(api, ines):
    body = {"npn": "88100002", "last_name": "Borg", "agency_npn": "88100001"}
    assert faults(api.post("/producers", body)) == {"agency_npn": "not_an_agency"}


def test_only_what_is_named_changes(api, ines):
    said = api.patch("/producers/88100001", {"email": "Ines@Example.com"}).json()
    assert (said["email"], said["first_name"]) == ("ines@example.com", "Ines")


def test_a_change_of_what_somebody_else_changed_is_refused(api, ines):
    tag = api.get("/producers/88100001")["ETag"]
    changed = api.patch("/producers/88100001", {"phone": "1"}, **{"If-Match": tag})
    stale = api.patch("/producers/88100001", {"phone": "2"}, **{"If-Match": tag})
    assert (changed.status_code, stale.status_code, stale.json()["code"]) == (200, 412, "stale")
    again = api.patch("/producers/88100001", {"phone": "3"}, **{"If-Match": changed["ETag"]})
    assert (again.status_code, again.json()["phone"]) == (200, "3")


@pytest.mark.parametrize(
    "part", ["", "/licenses", "/assignments", "/appointments", "/scorecards", "/standing"]
)
def test_a_producer_that_is_not_on_file_is_not_found(api, part):
    assert api.get(f"/producers/1{part}", {"state": "CA", "loa_category": "life"}).status_code == 404


def test_a_sync_is_a_job_to_be_followed(api, ines):
    answer = api.post("/producers/88100001/sync", {"reason": "New contract"})
    assert answer.status_code == 202
    job = api.get(answer["Location"]).json()
    assert (job["id"], job["status"], job["asked_by"]) == (answer.json()["id"], "queued", "Payroll")


def test_one_the_registry_does_not_know_cannot_be_synced(api):
    put_on_file("88200009", entity_type="firm", dummy_npn=True)
    assert api.post("/producers/88200009/sync", {}).status_code == 400


def found(api: Machine, **query: str) -> list[str]:
    return sorted(row["npn"] for row in api.get("/producers", query).json()["results"])


@pytest.mark.parametrize(
    ("query", "npns"),
    [
        ({}, ["1", "2", "3"]),
        ({"entity_type": "firm"}, ["3"]),
        ({"entity_type": "individual", "resident_state": "OR"}, ["1"]),
        ({"agency": "3"}, ["1"]),
        ({"agency": "blue"}, ["1"]),
        ({"npn": "2"}, ["2"]),
        ({"external_id": "hr-2"}, ["2"]),
        ({"tracking": "inactive"}, ["1", "2", "3"]),
        ({"tracking": "active"}, []),
        ({"sync_status": "success"}, ["2"]),
        ({"sync_failed": "true"}, []),
        ({"has_assignment": "false"}, ["1", "2", "3"]),
        ({"q": "borg"}, ["2"]),
    ],
)
def test_the_filters_of_the_screen_filter_here(api, query, npns):
    agency = put_on_file("3", entity_type="firm")
    put_on_file("1", resident_state="OR", agency=agency)
    other = put_on_file("2", last_name="Borg", resident_state="CA", external_id="hr-2")
    Producer.objects.filter(pk=other.pk).update(sync_status="success")
    assert found(api, **query) == npns


@pytest.mark.parametrize("query", ["entity_type=robot", "sync_failed=x", "resident_state=ZZ", "owner=x"])
def test_a_filter_that_makes_no_sense_is_refused_rather_than_ignored(api, query):
    name = query.partition("=")[0]
    answer = api.get(f"/producers?{query}")
    assert (answer.status_code, set(faults(answer))) == (400, {name})


def test_rows_that_come_while_one_pages_are_neither_doubled_nor_lost(api):
    for number in range(1, 6):
        put_on_file(str(number))
    page = api.get("/producers?page_size=3").json()
    put_on_file("6")
    rest = api.get(page["next"]).json()["results"]
    seen = [row["npn"] for row in page["results"] + rest]
    assert len(seen) == len(set(seen))
    assert set(seen) >= set("12345")


def test_a_page_costs_the_same_queries_for_one_row_and_for_many(api):
    put_on_file("1", agency=put_on_file("9", entity_type="firm"))
    api.get("/producers")
    counts = []
    for more in ((), ("2", "3", "4")):
        for npn in more:
            put_on_file(npn, agency=put_on_file(f"9{npn}", entity_type="firm"))
        with CaptureQueriesContext(connection) as queries:
            assert api.get("/producers").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_personal_data_goes_in_and_never_comes_out(api):
    ssn = {"ssn": "123-45-6789", "birth_date": "1979-03-14"}
    answer = api.post("/producers", {**INES, **ssn})
    assert answer.json()["ssn_last4"] == "6789"
    for text in (answer, api.get("/producers"), api.patch("/producers/88100001", ssn)):
        assert b"12345" not in text.content
        assert b"123-45" not in text.content
        assert b"1979" not in text.content
