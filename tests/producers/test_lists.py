from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from producers.models import Change, Producer, SyncItem, SyncRun
from tests.producers.cast import find_change, give_license, put_on_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("states")]
LISTS = ["list", "agencies", "licenses", "changes", "runs"]


def add_rows(number: int) -> None:
    """A producer of an agency with an owner's worth of everything, and an agency."""
    agency = put_on_file(f"9{number}", entity_type="firm", company_name=f"Agency {number}")
    producer = put_on_file(str(number), last_name=f"Person {number}", agency=agency)
    give_license(producer)
    run = SyncRun.objects.create(kind="nightly", started_at=clock.now())
    find_change(producer, run=run)


@pytest.mark.parametrize("name", LISTS)
def test_three_rows_take_the_queries_of_one(admin, name):
    counts = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            add_rows(number)
        admin.get(reverse(f"producers:{name}"))
        with CaptureQueriesContext(connection) as queries:
            answer = admin.get(reverse(f"producers:{name}"))
        assert answer.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_opens(admin, name):
    assert admin.get(reverse(f"producers:{name}")).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_list_never_reads_personal_data(admin, name):
    add_rows(1)
    with CaptureQueriesContext(connection) as queries:
        admin.get(reverse(f"producers:{name}"))
    assert not [
        query["sql"] for query in queries if '"birth_date"' in query["sql"] or '."ssn"' in query["sql"]
    ]


def names(browser, name: str, **params) -> list[str]:
    """The subjects of the rows shown, by the check boxes' names or the cells."""
    page = browser.get(reverse(f"producers:{name}"), params).content.decode()
    return [word for word in ("Abernathy", "Bianchi", "Blue Harbor") if word in page.split("<tbody>")[-1]]


@pytest.fixture
def people(db):
    agency = put_on_file("500", entity_type="firm", company_name="Blue Harbor LLC")
    ines = put_on_file(
        "1", first_name="Ines", last_name="Abernathy", resident_state="OR", email="i@example.com"
    )
    marco = put_on_file("2", first_name="Marco", last_name="Bianchi", agency=agency, external_id="hr-2")
    Producer.objects.filter(pk=marco.pk).update(sync_status="nipr_error")
    return ines, marco


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, ["Abernathy", "Bianchi", "Blue Harbor"]),
        ({"q": "ines"}, ["Abernathy"]),
        ({"q": "Abernathy, Ines"}, ["Abernathy"]),
        ({"q": "i@EXAMPLE.com"}, ["Abernathy"]),
        ({"q": "hr-2"}, ["Bianchi", "Blue Harbor"]),
        ({"q": "2"}, ["Bianchi", "Blue Harbor"]),
        ({"q": "%"}, []),
        ({"npn": "1"}, ["Abernathy"]),
        ({"resident_state": "OR"}, ["Abernathy"]),
        ({"agency": "500"}, ["Bianchi", "Blue Harbor"]),
        ({"agency": "blue"}, ["Bianchi", "Blue Harbor"]),
        ({"sync_failed": "true"}, ["Bianchi", "Blue Harbor"]),
        ({"sync_failed": "false"}, ["Abernathy"]),
        ({"tracking": "active"}, []),
        ({"tracking": "sideways"}, []),
        ({"has_assignment": "true"}, []),
    ],
)
def test_producers_are_found(admin, people, params, found):
    assert names(admin, "list", **params) == found


def test_agencies_have_a_list_of_their_own(admin, people):
    assert names(admin, "agencies") == ["Blue Harbor"]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, {"OR", "CA", "TX"}),
        ({"state": "OR"}, {"OR"}),
        ({"expiring_in": "60"}, {"CA"}),
        ({"expired": "true"}, {"TX"}),
        ({"expired": "false"}, {"OR", "CA"}),
        ({"active": "false"}, {"TX"}),
        ({"producer": "88100001"}, {"OR", "CA", "TX"}),
        ({"producer": "aber"}, {"OR", "CA", "TX"}),
        ({"license_class": "insurance"}, {"OR", "CA", "TX"}),
        ({"q": "OR-88100001"}, {"OR"}),
        ({"expiring_in": "9" * 30}, {"OR", "CA"}),
        ({"expiring_in": "soon"}, set()),
    ],
)
def test_licenses_are_found(admin, ines, params, found):
    today = clock.today()
    give_license(ines, "OR")
    give_license(ines, "CA", expiration_date=today + timedelta(days=30))
    give_license(ines, "TX", expiration_date=today - timedelta(days=1), active=False)
    page = admin.get(reverse("producers:licenses"), params).content.decode()
    assert {state for state in ("OR", "CA", "TX") if f'data-label="State">{state}<' in page} == found


def test_versions_of_the_past_are_not_listed(admin, ines):
    old = give_license(ines, "OR")
    type(old).objects.update(known_to=clock.now())
    assert "No licenses are on file." in admin.get(reverse("producers:licenses")).content.decode()


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"kind": "license"}, True),
        ({"kind": "line"}, False),
        ({"effect": "changed"}, True),
        ({"state": "OR"}, True),
        ({"state": "CA"}, False),
        ({"producer": "88100001"}, True),
        ({"producer": "nobody"}, False),
        ({"acknowledged": "false"}, True),
        ({"acknowledged": "true"}, False),
        ({"since": "2020-01-01"}, True),
        ({"since": "2199-01-01"}, False),
    ],
)
def test_changes_are_found(admin, ines, params, found):
    find_change(ines)
    page = admin.get(reverse("producers:changes"), params).content.decode()
    assert ("Ines Abernathy" in page) == found


def test_all_matching_changes_are_acknowledged(specialist, ines):
    for state in ("OR", "OR", "CA"):
        find_change(ines, state=state)
    url = reverse("producers:changes") + "?state=OR"
    specialist.post(url, {"action": "acknowledge", "all_matching": "on"})
    assert Change.objects.filter(acknowledged_at=None).count() == 1


def test_a_selection_is_synced_after_it_was_told_the_price(specialist, people):
    ids = [producer.pk for producer in people]
    url = reverse("producers:list")
    assert "$1.29" in specialist.post(url, {"action": "sync", "ids": ids}).content.decode()
    assert not SyncItem.objects.exists()
    specialist.post(url, {"action": "sync", "ids": ids, "confirmed": "1"})
    assert SyncItem.objects.count() == 2


def test_tracking_of_a_selection_is_switched(specialist, people):
    ids = [producer.pk for producer in people]
    specialist.post(reverse("producers:list"), {"action": "track", "ids": ids, "confirmed": "1"})
    assert Producer.objects.filter(tracking="active").count() == 2


def test_an_export_holds_what_the_list_shows(admin, people):
    answer = admin.get(reverse("producers:list"), {"export": "csv", "q": "ines"})
    text = b"".join(answer.streaming_content).decode()
    assert "Ines Abernathy" in text
    assert "Bianchi" not in text


@pytest.mark.parametrize("name", LISTS)
def test_a_list_needs_its_right(client_of, stranger, name):
    stranger.is_staff = True
    stranger.save()
    assert client_of(stranger).get(reverse(f"producers:{name}")).status_code == 403


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("value", ["\x00", "%", "'\"--", "9" * 40, "💼"])
def test_hostile_searches_and_filters_break_nothing(admin, name, value):
    fields = (
        "q",
        "npn",
        "agency",
        "producer",
        "owner",
        "state",
        "run",
        "since",
        "expiring_in",
        "sort",
        "after",
    )
    for field in fields:
        assert admin.get(reverse(f"producers:{name}"), {field: value}).status_code == 200
